"""F1 and F2 of the performance goals: our feed reader against feedparser as it comes. `python -m bench.feeds`."""

import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import feedparser
from lxml import etree

from bench.figures import Figure, medians, show
from feeds import feedparsing
from feeds.body import utf8
from feeds.feed import parse
from feeds.page import Page
from feeds.trim import HASH_SIZE

SAMPLES = Path(__file__).parents[1] / ".." / "shared" / "samples" / "feeds"
SMALLEST, LARGEST = 15_000, 400_000
GENERATED = 24
WORDS = """
assembly rapporteur biometric camera question study group draft recommendation delegation network interface consent
question video traffic sensor district contribution terminal service security identity framework text
"""


def generated(seed: int) -> bytes:
    """Return an RSS 2.0 feed with 8 to 60 items heavy with HTML; the same for the same seed."""
    chance = random.Random(seed)

    def prose(length: int) -> str:
        return " ".join(chance.choices(WORDS.split(), k=length))

    def article() -> str:
        paragraphs = "".join(
            f'<p class="x">{prose(40)} <a href="/page/{chance.randrange(9999)}?a=1&amp;b=2">{prose(3)}</a> '
            f"<em>{prose(4)}</em> {prose(30)}&#8217;s</p><ul><li>{prose(5)}</li><li><b>{prose(4)}</b></li></ul>\n"
            for _ in range(chance.randrange(4, 12))
        )
        return f'<div><img src="/i/{chance.randrange(999)}.png" alt="" />{paragraphs}</div>'

    items = "".join(
        f"<item><title>{prose(8)}</title><link>https://example.org/{seed}/{number}</link>"
        f'<guid isPermaLink="false">tag:example.org,2024:{seed}-{number}</guid><dc:creator>{prose(2)}</dc:creator>'
        f"<pubDate>Mon, {number % 28 + 1:02} Jan 2024 10:00:00 +0000</pubDate><category>{prose(1)}</category>"
        f"<description>{prose(30)}</description><content:encoded><![CDATA[{article()}]]></content:encoded></item>\n"
        for number in range(chance.randrange(8, 61))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Bench</title>'
        f"<link>https://example.org/</link><description>made up</description>{items}</channel></rss>"
    ).encode()


def bodies() -> tuple[str, list[bytes]]:
    """Return what the data is, and the data: real feeds of 15 to 400 KB, else generated ones."""
    found = [path.read_bytes() for path in sorted(SAMPLES.glob("*/*")) if SMALLEST <= path.stat().st_size <= LARGEST]
    real = [body for body in found if parse_or_none(body) is not None]
    if real:
        return "real", real
    return "generated", [generated(seed) for seed in range(GENERATED)]


def page(body: bytes, known: bytes = b"") -> Page:
    return Page(body=body, url="https://example.org/feed", fetched_at=datetime(2024, 2, 1, tzinfo=UTC), known=known)


def parse_or_none(body: bytes) -> bytes | None:
    """Return the hashes of a well-formed XML feed with 8 items or more, else None."""
    try:
        parsed = parse(page(body))
    except Exception:  # noqa: BLE001  # whatever is no feed is no data
        return None
    return None if parsed.notes or len(parsed.items) < 8 * HASH_SIZE else parsed.items


def default(body: bytes) -> object:
    headers = {"content-location": "https://example.org/feed"}
    return feedparser.parse(BytesIO(body), response_headers=headers)  # type: ignore[no-untyped-call]


def each(work: Callable[[bytes], object], data: Sequence[bytes]) -> Callable[[], object]:
    return lambda: [work(body) for body in data]


def same_entries(data: Sequence[bytes]) -> bool:
    """Tell whether our call of feedparser gives the titles, links, dates and ids that feedparser's own gives."""
    for body in data:
        theirs = feedparser.parse(  # type: ignore[no-untyped-call]
            BytesIO(body),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-location": "https://example.org/feed"},
        )
        ours = feedparsing.read(utf8(body, {}, None), "https://example.org/feed")
        left = [(entry.get("title", ""), entry.get("published", "")) for entry in map(dict, theirs.entries)]
        right = [(item.title.value, item.published) for item in ours.items]
        if len(left) != len(right) or any(
            a[0] != b[0] or (a[1] and a[1] != b[1]) for a, b in zip(left, right, strict=True)
        ):
            return False
    return True


def figures() -> list[Figure]:
    """Measure F1 (whole feeds) and F2 (known items left out), on one core, in one process."""
    kind, data = bodies()
    size = sum(map(len, data))
    pages = [page(body) for body in data]
    whole = [parse(one) for one in pages]
    count = sum(one.count for one in whole)
    notes = f"{kind} feeds, N = {len(data)}, {count} items, {size / 1e6:.1f} MB, {os.cpu_count()} cores"
    nothing = [replace(one, known=parsed.items) for one, parsed in zip(pages, whole, strict=True)]
    one_new = [replace(one, known=parsed.items[HASH_SIZE:]) for one, parsed in zip(pages, whole, strict=True)]
    if any(parse(one).entries for one in nothing) or any(len(parse(one).entries) != 1 for one in one_new):
        raise AssertionError("trimming left the wrong items")
    notes += "; same titles and dates as feedparser" if same_entries(data) else "; RESULTS DIFFER from feedparser"
    strict = etree.XMLParser(encoding="utf-8", resolve_entities=False)
    clean = [utf8(body, {}, None) for body in data]
    base, call, gate, none, one, floor = medians(
        each(default, data),
        each(lambda body: feedparsing.read(body, "https://example.org/feed"), clean),
        lambda: [parse(one) for one in pages],
        lambda: [parse(one) for one in nothing],
        lambda: [parse(one) for one in one_new],
        each(lambda body: etree.fromstring(body, strict), clean),
    )
    figure = partial(_figure, base)
    return [
        figure("F1 whole feed", 3, call, f"feedparser without sanitiser, joined text; {notes}"),
        figure("F1 whole feed, with the gate", 2.5, gate, "encoding, trimming, keys, dates, links, text"),
        figure("F2 one new item", 12, one, ""),
        figure("F2 nothing new", 50, none, f"{none / floor:.2f}× lxml.fromstring alone ({floor * 1000:.1f} ms)"),
    ]


def _figure(base: float, name: str, goal: float, own: float, note: str) -> Figure:
    return Figure(
        name=name,
        goal=f"≥ {goal:g}×",
        baseline="feedparser default",
        baseline_seconds=base,
        own_seconds=own,
        ratio=base / own,
        holds=base / own >= goal,
        notes=note,
    )


def main() -> int:
    """Print the figures; 1 if a goal is missed."""
    found = figures()
    show(found)
    return 0 if all(figure.holds for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
