"""Autodiscovery: what an address typed by a person holds, and which sources a web page offers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from bot.domain.errors import FetchError, ParseError, SourceError
from bot.domain.ports import Candidate
from bot.domain.rounds import is_round
from bot.domain.sources import Source
from feeds import verdicts
from feeds.catalogue import preset
from feeds.fetch import Answer, Fetcher
from feeds.page import Page
from feeds.pool import ParsePool

REQUESTS = 8
"""Pages fetched for one address, all told (robots.txt and redirects aside)."""

EXAMPLES = 5
WELL_KNOWN = ("/feed", "/rss.xml", "/atom.xml", "/index.xml")

_TYPES = frozenset(f"application/{name}" for name in ("rss+xml", "atom+xml", "rdf+xml", "feed+json")) | {
    "text/calendar"
}
_LIKELY = re.compile(
    r"(?:/feeds?/?|/rss/?|/atom/?|[./](?:rss|atom)(?:\.xml)?|/(?:feed|index)\.xml|\.ics|\.rdf)$", re.IGNORECASE
)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_ALIASES = re.compile(r"^(?:webcals?|feed)://", re.IGNORECASE)
_FEED_PREFIX = re.compile(r"^feed:(?=https?:)", re.IGNORECASE)
_ANCHORS = 2000
_HEAD = 4096

_MARKS = (
    (b"<dataroot", "itu-meetings"),
    (b"<page_content", "itu-documents"),
    (b'"session_res_uri"', "ietf"),
    (b'"resource_uri"', "ietf"),
    (b'"idrec"', "itu-recommendations"),
    (b'"ownerCommittee"', "iso"),
    (b"Work Item;Question", "itu-work-items"),
)
"""What stands near the beginning of lists that are no web pages."""

_LISTS = (
    (re.compile(r"//www\.itu\.int/.*(?:wp_search|wp_block)\.aspx", re.IGNORECASE), "itu-work-items"),
    (re.compile(r"//www\.itu\.int/.*wp_item\.aspx|/t-wp/item\?", re.IGNORECASE), "itu-work-item"),
    (re.compile(r"//www\.itu\.int/.*(?:meetingdoc\.asp|/md/T\d\d-[A-Z0-9-]+/en)", re.IGNORECASE), "itu-documents"),
    (re.compile(r"//www\.itu\.int/.*rgm\.aspx", re.IGNORECASE), "itu-rapporteur-meetings"),
    (re.compile(r"//www\.itu\.int/.*Calendar-Events\.aspx", re.IGNORECASE), "itu-calendar"),
    (re.compile(r"//www\.itu\.int/(?:t/aap/|.*AAP\w*\.aspx)", re.IGNORECASE), "itu-aap"),
    (re.compile(r"//www\.itu\.int/.*TSB-CIR", re.IGNORECASE), "itu-circulars"),
    (re.compile(r"//www\.itu\.int/.*rec\.aspx|/rec/T-REC-", re.IGNORECASE), "itu-recommendations"),
    (re.compile(r"//www\.3gpp\.org/dynareport\?code=Meetings-", re.IGNORECASE), "3gpp"),
)
"""Web pages that are lists, known by their addresses; the first that fits counts."""


class _Element(Protocol):
    def get(self, name: str, default: str, /) -> str: ...


async def discover(typed: str, fetcher: Fetcher, pool: ParsePool) -> Sequence[Candidate]:
    """Return the sources at an address: itself, or those that its page links to, or those in the usual places.

    Raise FetchError if it cannot be fetched, ParseError with a sentence that says what it is instead.
    """
    group = _preset(typed)
    if group:
        return await _of_preset(group, fetcher, pool)
    url, answer = await _first(typed, fetcher)
    if verdicts.is_block_page(answer.body):
        raise fetcher.blocked(answer.url, "answers with a firewall's page")
    found = await _candidate(url, answer, pool)
    if found is not None:
        return (found,)
    if not _is_page(answer):
        raise ParseError(f"{answer.url} is {_kind(answer)}, not a feed or a calendar.")
    linked = (await pool.run(links, answer.body, answer.url))[: REQUESTS - 1]
    guessed = [urljoin(answer.url, path) for path in WELL_KNOWN][: REQUESTS - 1 - len(linked)]
    offered = await _verified(linked, fetcher, pool) or await _verified(guessed, fetcher, pool)
    if not offered:
        raise ParseError(
            f"{answer.url} is a web page without a feed or a calendar; look for a link to RSS, Atom or iCalendar on it."
        )
    return offered


def _preset(typed: str) -> Sequence[Source]:
    """Return the sources that a short name stands for: `itu/SG17`, `w3c/wg/webauthn`, `3gpp/S3`."""
    name, _, group = _SCHEME.sub("", typed.strip()).lstrip("/").partition("/")
    return preset(name.lower(), group.strip("/")) if group else ()


async def _of_preset(offered: Sequence[Source], fetcher: Fetcher, pool: ParsePool) -> Sequence[Candidate]:
    """Return those of a preset's sources that answer; they belong together.

    Raise FetchError or ParseError of the first if none does.
    """
    found: list[Candidate] = []
    troubles: list[SourceError] = []
    single = [source for source in offered if not is_round(source.url)]
    for source in single[:REQUESTS]:
        try:
            answer = await fetcher.get(source.url)
            page = Page(body=answer.body, url=answer.url, fetched_at=answer.fetched_at, headers=answer.headers)
            parsed = await pool.parse(source.format, page)
        except SourceError as error:
            troubles.append(error)
            continue
        found.append(
            Candidate(
                url=source.url,
                format=source.format,
                name=source.name,
                lang=source.lang,
                entries=parsed.entries[:EXAMPLES],
                count=parsed.count,
                notes=parsed.notes,
                source=source,
            )
        )
    if not found:
        raise troubles[0]
    in_turn = (source for source in offered if is_round(source.url))
    found += [
        Candidate(url=one.url, format=one.format, name=one.name, lang=one.lang, entries=(), source=one)
        for one in in_turn
    ]
    return found


async def _first(typed: str, fetcher: Fetcher) -> tuple[str, Answer]:
    """Fetch what was typed; without a scheme try https, then http."""
    url = address(typed)
    try:
        return url, await fetcher.get(url)
    except FetchError as error:
        if error.permanent or error.retry_after or _SCHEME.match(typed.strip()):
            raise
        plain = url.replace("https://", "http://", 1)
        try:
            return plain, await fetcher.get(plain)
        except FetchError:
            raise error from None


async def _verified(offers: Sequence[str], fetcher: Fetcher, pool: ParsePool) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for url in offers:
        try:
            answer = await fetcher.get(url)
        except FetchError:
            continue
        candidate = await _candidate(url, answer, pool)
        if candidate is not None:
            found.setdefault(answer.url, candidate)
    return list(found.values())


async def _candidate(url: str, answer: Answer, pool: ParsePool) -> Candidate | None:
    format_ = _format(answer.body) or next((name for where, name in _LISTS if where.search(answer.url)), None)
    if format_ is None:
        return None
    page = Page(body=answer.body, url=answer.url, fetched_at=answer.fetched_at, headers=answer.headers)
    try:
        parsed = await pool.parse(format_, page)
    except ParseError:
        return None
    if not parsed.count and not parsed.title:
        return None
    return Candidate(
        url=answer.moved_to or url,
        format=format_,
        name=parsed.title or urlsplit(answer.url).hostname or url,
        lang=parsed.lang,
        entries=parsed.entries[:EXAMPLES],
        count=parsed.count,
        notes=parsed.notes,
    )


def _format(body: bytes) -> str | None:
    """Guess which reader a body is for; None if it is certainly for none."""
    head = body[:_HEAD]
    if verdicts.is_html(body) or verdicts.file_kind(body) is not None:
        return None
    if re.match(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCALENDAR", head, re.IGNORECASE):
        return "ical"
    known = (name for mark, name in _MARKS if mark in head)
    return next(known, "feed")


def _is_page(answer: Answer) -> bool:
    declared = "html" in answer.headers.get("content-type", "").lower()
    return verdicts.is_html(answer.body) or (declared and verdicts.file_kind(answer.body) is None)


def _kind(answer: Answer) -> str:
    """Say what a body is, for the person who typed its address."""
    known = verdicts.file_kind(answer.body)
    if known is not None:
        return known
    declared = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    main = declared.partition("/")[0]
    names = {"image": "a picture", "audio": "a sound recording", "video": "a film", "application/pdf": "a PDF"}
    if answer.body.lstrip().startswith((b"{", b"[")):
        return "JSON of a kind unknown here"
    return names.get(declared) or names.get(main) or "text of a kind unknown here"


def address(typed: str) -> str:
    """Return the web address a person means: `example.org` and `webcal://example.org` are https."""
    text = _FEED_PREFIX.sub("", typed.strip().strip("<>").strip())
    text = _ALIASES.sub("https://", text)
    return text if _SCHEME.match(text) else f"https://{text.lstrip('/')}"


def links(body: bytes, url: str) -> list[str]:
    """Return the addresses of likely sources on a web page: announced ones first, then promising links.

    Runs in the pool: the page is hostile.
    """
    from lxml import etree, html

    try:
        tree = html.document_fromstring(body)
    except etree.LxmlError:
        return []
    base = next((urljoin(url, element.get("href", "")) for element in tree.iter("base")), url)
    hrefs = [*_announced(tree.iter("link")), *_promising(islice(tree.iter("a"), _ANCHORS))]
    found = (_ALIASES.sub("https://", urljoin(base, href.strip())).partition("#")[0] for href in hrefs)
    return list(dict.fromkeys(link for link in found if link.startswith(("http://", "https://")) and link != url))


def _announced(elements: Iterable[_Element]) -> Iterator[str]:
    """Yield what the page itself calls its feeds (RSS Advisory Board, "RSS Autodiscovery")."""
    for element in elements:
        kind = element.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in element.get("rel", "").lower().split() and kind in _TYPES and element.get("href", ""):
            yield element.get("href", "")


def _promising(elements: Iterable[_Element]) -> Iterator[str]:
    for element in elements:
        href = element.get("href", "").strip()
        if _LIKELY.search(re.split(r"[?#]", href, maxsplit=1)[0]) or _ALIASES.match(href):
            yield href
