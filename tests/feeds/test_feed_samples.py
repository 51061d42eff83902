"""What other feed parsers' own tests state about their fixtures holds for ours (read-only, beside the repository)."""

import ast
import builtins
import html
import json
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from bot.domain.entries import Entry
from bot.domain.errors import ParseError
from feeds.feed import parse
from feeds.page import Page, Parsed

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "feeds"
BASE = "http://127.0.0.1:8097/"
MANIFEST = SAMPLES / "manifest.jsonl"

NO_FEEDS = {
    "feedparser-compression/compression__gzip-struct-error.gz",
    "feedparser/illformed__rss_empty_document.xml",
    "feed-rs/rss2__rss_2.0_invalid_1.xml",
    "gofeed/parser__universal__empty_feed.xml",
    "gofeed/parser__universal__unknown_feed.xml",
    "miniflux/xml__testdata__iso88591.xml",
    "netnewswire-rsparser/Subs.opml",
    "newsboat/empty.xml",
    "plagger/opml.xml",
}
"""Bodies that hold no feed: damaged, empty, cut off before the first item, OPML, a note."""

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("feed-rs/rss0__rss_0.91_encoding_1.xml", "entries[0].link"): "feed-rs writes hosts in lower case; we leave them",
    (
        "feedparser/wellformed__rss__item_summary_and_description.xml",
        "entries[0]['summary'] == 'Example summary'",
    ): "of several texts we show the longest; feedparser keeps both",
    ("gofeed/translator__json__json10_full.json", "entries[0].text"): "the content is shown rather than the summary",
    (
        "picofeed/rss_10_fallback_on_invalid_feed_values.xml",
        "feed_title",
    ): "picofeed names a feed without a title by its link; we do not make one up",
    ("picofeed/rss_20_fallback_on_invalid_feed_values.xml", "feed_title"): "as before",
    (
        "picofeed/rss_20_extra.xml",
        "item0_url",
    ): "picofeed's test served the feed from feeds.wikipedia.org; relative links follow the page's address",
}
"""Facts that do not hold, each with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that the origin's tests state."""

    name: str
    expected: object
    got: object

    @property
    def holds(self) -> bool:
        if isinstance(self.got, frozenset):
            return self.expected in self.got
        return self.expected == self.got


def rows() -> list[dict[str, Any]]:
    if not MANIFEST.exists():
        return []
    return [json.loads(line) for line in MANIFEST.read_text().splitlines()]


def page(row: Mapping[str, Any], known: bytes = b"") -> Page:
    headers = {name.lower(): value for name, value in row["expected"].get("http_headers", {}).items()}
    body = (SAMPLES / row["file"]).read_bytes()
    return Page(
        body=body, url=f"{BASE}feed.xml", fetched_at=datetime(2024, 1, 1, tzinfo=UTC), headers=headers, known=known
    )


def words(value: object) -> str:
    """Strip a stated value of markup and white space, by means other than the gate's."""
    text = str(value or "")
    text = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    if re.search(r"</\w|<\w[^<>]*/>", text):
        text = re.sub(r"<[^<>]+>", " ", text)
    return re.sub(r"[\s\u200b]+", "", html.unescape(text))


def moment(value: object) -> str:
    """Cut a stated instant to seconds in UTC."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def link_form(value: str) -> str:
    return value.strip().replace(" ", "%20").removesuffix("/")


def guid(entry: Entry) -> frozenset[object]:
    return frozenset({entry.key, entry.facts.get("guid"), words(entry.key)})


def entry_facts(number: int, said: Mapping[str, Any], entry: Entry, body: bytes) -> Iterator[Fact]:
    """Yield what is stated of one entry; null states nothing that we promise."""
    name = f"entries[{number}]."
    for field in ("id", "guid"):
        value = str(said.get(field) or "").strip()
        if value and (value.encode() in body or html.escape(value, quote=False).encode() in body):
            yield Fact(name=name + field, expected=value, got=guid(entry))
    if said.get("title"):
        yield Fact(name=name + "title", expected=words(said["title"])[:400], got=words(entry.title.rstrip("…"))[:400])
    links = frozenset(link_form(link) for link in (entry.link, *entry.links) if link)
    for link in filter(None, [said.get("link"), *(said.get("links") or [])]):
        absolute = link.strip() if "://" in link else BASE + link.strip().lstrip("/")
        yield Fact(name=name + "link", expected=link_form(absolute), got=links)
    for field in ("published", "updated", "isoDate", "publishedParsed", "updatedParsed"):
        if said.get(field) and re.match(r"\d{4}-", str(said[field])):
            known = frozenset(moment(at) for at in (entry.published, entry.updated) if at)
            yield Fact(name=name + field, expected=moment(said[field]), got=known)


def feed_facts(said: Mapping[str, Any], parsed: Parsed) -> Iterator[Fact]:
    if said.get("n_entries") is not None:
        yield Fact(name="n_entries", expected=said["n_entries"], got=len(parsed.entries))
    if said.get("feed_title"):
        yield Fact(name="feed_title", expected=words(said["feed_title"]), got=words(parsed.title))
    if said.get("language"):
        yield Fact(name="language", expected=said["language"].lower(), got=(parsed.lang or "").lower())
    if needle := said.get("decoded_text_contains"):
        texts = [parsed.title or "", *(part for entry in parsed.entries for part in (entry.title, entry.text))]
        yield Fact(name="decoded_text_contains", expected=True, got=any(needle in text for text in texts))
    for number, known_as in enumerate(said.get("entry_ids") or ()):
        expected = known_as.replace("{rel_base}", BASE)
        yield Fact(name=f"entry_ids[{number}]", expected=expected, got=guid(parsed.entries[number]))
    for field in ("url", "title", "author"):
        if value := said.get(f"item0_{field}"):
            entry = parsed.entries[0]
            got = {"url": entry.link, "title": entry.title, "author": "".join(map(str, authors(entry)))}[field]
            yield Fact(name=f"item0_{field}", expected=words(value), got=words(got))


def authors(entry: Entry) -> tuple[str, ...]:
    found = entry.facts.get("authors", ())
    return found if isinstance(found, tuple) else ()


def gofeed_facts(said: Mapping[str, Any], parsed: Parsed, body: bytes) -> Iterator[Fact]:
    items = said.get("items", said.get("entries"))
    if items is not None:
        yield Fact(name="gofeed.items", expected=len(items), got=len(parsed.entries))
    if said.get("title"):
        yield Fact(name="gofeed.title", expected=words(said["title"]), got=words(parsed.title))
    for number, (item, entry) in enumerate(zip(items or (), parsed.entries, strict=False)):
        yield from entry_facts(number, item, entry, body)
        if item.get("description"):
            yield Fact(
                name=f"entries[{number}].text", expected=True, got=words(item["description"]) in words(entry.text)
            )
        for person in item.get("authors") or ():
            expected = person.get("name") or person.get("email")
            yield Fact(name=f"entries[{number}].author", expected=expected, got=frozenset(authors(entry)))


def snapshot_facts(said: Mapping[str, Any], parsed: Parsed) -> Iterator[Fact]:
    keys = {entry.key for entry in parsed.entries}
    yield Fact(name="snapshot.n_items", expected=said["n_items"], got=parsed.count)
    yield Fact(name="snapshot.n_distinct_guids", expected=said["n_distinct_guids"], got=len(keys))
    for new in said.get("from_previous", {}).get("new_guids", ()):
        yield Fact(name="snapshot.new_guid", expected=new, got=frozenset(keys))


TERM = re.compile(r"(?:entries\[(\d)\]|feed)(?:\['(\w+)'\]|\.(\w+))(\[0\]\['value'\])? == (.+)")


def feedparser_facts(expression: str, parsed: Parsed) -> Iterator[Fact]:
    """Yield the terms of feedparser's `Expect:` that speak of something in our output."""
    for term in expression.split(" and "):
        if "ord(entries[0]['description'])" in term:
            yield Fact(name=term, expected=chr(int(term.split("==")[1])), got=parsed.entries[0].text)
        if not (found := TERM.fullmatch(term.strip())):
            continue
        number, field = found[1], found[2] or found[3]
        try:
            expected = ast.literal_eval(found[5])
        except (ValueError, SyntaxError):
            continue
        if number is None:
            got = {"title": parsed.title, "language": parsed.lang}.get(field)
        else:
            entry = parsed.entries[int(number)]
            spoken = {"title": entry.title, "link": entry.link}
            got = spoken.get(field, entry.text if field in ("description", "summary", "content") else None)
            if field in ("id", "guid"):
                yield Fact(name=term, expected=expected, got=guid(entry))
                continue
        if got is not None:
            yield Fact(name=term, expected=words(expected), got=words(got))


def facts(row: Mapping[str, Any], parsed: Parsed) -> list[Fact]:
    said, body = row["expected"], (SAMPLES / row["file"]).read_bytes()
    found = list(feed_facts(said, parsed))
    for number, one in enumerate(said.get("entries") or ()):
        if number < len(parsed.entries):
            found.extend(entry_facts(number, one, parsed.entries[number], body))
    found.extend(gofeed_facts(said.get("gofeed_expected") or {}, parsed, body))
    if said.get("snapshot"):
        found.extend(snapshot_facts(said["snapshot"], parsed))
    found.extend(feedparser_facts(said.get("feedparser_expect") or "", parsed))
    return found


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse sockets, and files but those of Python itself and of the zone database."""
    opened = builtins.open

    def guarded(file: Any, *args: Any, **kwargs: Any) -> Any:
        if not str(file).startswith(("/usr/", str(SAMPLES), str(Path(pytest.__file__).parents[1]))):
            pytest.fail(f"the parser opened {file}")
        return opened(file, *args, **kwargs)

    def refused(*_: Any, **__: Any) -> None:
        pytest.fail("the parser opened a socket")

    monkeypatch.setattr(builtins, "open", guarded)
    monkeypatch.setattr(socket, "socket", refused)


ROWS = rows()
needs_samples = pytest.mark.skipif(not ROWS, reason="the samples lie beside the repository, and do not here")


@needs_samples
@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("row", [row for row in ROWS if row["file"] not in NO_FEEDS], ids=lambda row: row["file"])
def test_a_fixture_reads_as_its_origin_states(row: Mapping[str, Any]) -> None:
    read = page(row)
    begun = perf_counter()
    parsed = parse(read)
    assert perf_counter() - begun < 5
    wrong = [fact for fact in facts(row, parsed) if not fact.holds and (row["file"], fact.name) not in EXCEPTIONS]
    assert wrong == []
    assert len({entry.key for entry in parsed.entries}) == len(parsed.entries) == parsed.count


@needs_samples
@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("row", [row for row in ROWS if row["file"] in NO_FEEDS], ids=lambda row: row["file"])
def test_a_fixture_that_is_no_feed_is_refused_in_one_sentence(row: Mapping[str, Any]) -> None:
    with pytest.raises(ParseError, match=r"^[A-Z][^\n]+\.$"):
        parse(page(row))


@needs_samples
def test_every_exception_is_still_needed() -> None:
    failing = {
        (row["file"], fact.name)
        for row in ROWS
        if any(row["file"] == file for file, _ in EXCEPTIONS)
        for fact in facts(row, parse(page(row)))
        if not fact.holds
    }
    assert failing == set(EXCEPTIONS)


@needs_samples
@pytest.mark.parametrize("row", [row for row in ROWS if row["file"] not in NO_FEEDS], ids=lambda row: row["file"])
def test_trimming_a_fixture_changes_no_entry(row: Mapping[str, Any]) -> None:
    whole = parse(page(row))
    hashes = [whole.items[at : at + 8] for at in range(0, len(whole.items), 8)]
    for number in {len(hashes) // 2} if hashes else ():
        known = b"".join(digest for digest in hashes if digest != hashes[number])
        part = parse(page(row, known))
        assert part.count == whole.count
        assert part.items == whole.items
        assert part.entries == (whole.entries[number],)
        assert (part.title, part.lang, part.every) == (whole.title, whole.lang, whole.every)
    if hashes:
        nothing = parse(page(row, whole.items))
        assert nothing.entries == ()
        assert (nothing.title, nothing.lang, nothing.every) == (whole.title, whole.lang, whole.every)


@needs_samples
def test_snapshots_of_a_living_feed_show_only_what_is_new_or_edited() -> None:
    for series in {row["series"] for row in ROWS if "series" in row}:
        known, seen = b"", dict[str, str]()
        for row in sorted((row for row in ROWS if row.get("series") == series), key=lambda row: int(row["order"])):
            whole, part = parse(page(row)), parse(page(row, known))
            shown = {entry.key: entry.fingerprint for entry in part.entries}
            changed = {
                entry.key: entry.fingerprint for entry in whole.entries if seen.get(entry.key) != entry.fingerprint
            }
            assert changed.items() <= shown.items()
            assert part.count == len(whole.entries)
            known = part.items
            seen |= {entry.key: entry.fingerprint for entry in whole.entries}
