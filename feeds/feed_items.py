"""What every kind of feed says, and how it becomes entries: keys, links, and the gate for text."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.domain.addresses import normalised
from bot.domain.entries import Entry, Fact, Kind
from feeds.dates import instant
from feeds.page import Page
from feeds.text import looks_like_html, one_line, paragraphs, shorten
from feeds.urls import is_web, resolve

LONGEST_KEY = 512
_OPENING = 100
_MOST = 50
_LONGEST_ID = 100_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A publisher's words.

    Attributes:
        html: they are HTML; None if it must be guessed.

    """

    value: str = ""
    html: bool | None = None

    @property
    def marked_up(self) -> bool:
        """Tell whether to read it as HTML."""
        return looks_like_html(self.value) if self.html is None else self.html


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as the publisher wrote it: nothing here has passed the gate.

    Attributes:
        id: guid, Atom id, rdf:about or JSON Feed id.
        permalink: the id says that it is an address.
        link: where to read it, perhaps relative to the page.
        links: the others.
        texts: what may serve as its text; the longest that says anything does.
        published, updated: strings.

    """

    id: str = ""
    permalink: bool = False
    link: str = ""
    links: tuple[str, ...] = ()
    title: Text = Text()
    texts: tuple[Text, ...] = ()
    published: str = ""
    updated: str = ""
    lang: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as the publisher wrote it.

    Attributes:
        version: what kind of feed it says it is; empty if it does not.
        every: how often it asks to be polled.

    """

    version: str = ""
    title: Text = Text()
    lang: str = ""
    every: timedelta | None = None
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An item after the gate, before it has a key."""

    id: str
    link: str | None
    title: str
    text: str
    published: datetime | None


def language(*tags: str | None) -> str | None:
    """Return the first that is a BCP 47 tag in form."""
    for tag in tags:
        cleaned = (tag or "").strip().replace("_", "-")
        if _LANG.fullmatch(cleaned):
            return cleaned
    return None


def spoken(feed: Feed, page: Page) -> str | None:
    """Return the language of a feed: as it says, else as configured, else as the server says (RFC 9110 §8.5)."""
    return language(feed.lang, page.lang, page.headers.get("content-language"))


def entries(feed: Feed, page: Page) -> tuple[Entry, ...]:
    """Return the feed's items as entries, in order, each with a key of its own."""
    drafts = [_draft(item, page.url) for item in feed.items]
    keyed = zip(feed.items, drafts, _keys(drafts), strict=True)
    lang = spoken(feed, page)
    return tuple(_entry(item, draft, key, page.url, lang) for item, draft, key in keyed)


def title(feed: Feed) -> str | None:
    """Return the feed's title as one line, None if it has none."""
    return one_line(feed.title.value, html=feed.title.marked_up) or None


def identity(raw: str, base: str, *, permalink: bool) -> str:
    """Return an id as it is compared: one line; an address, if it says so and is relative, made absolute."""
    known_as = one_line(raw, limit=_LONGEST_ID)
    if permalink and known_as and not _SCHEME.match(known_as):
        return resolve(known_as, base) or known_as
    return known_as


def every(ttl: str, period: str, frequency: str) -> timedelta | None:
    """Return the asked-for interval: RSS 2.0 ttl in minutes, else updatePeriod / updateFrequency (RSS 1.0 sy)."""
    if re.fullmatch(r"[1-9]\d{0,5}", ttl.strip()):
        return timedelta(minutes=int(ttl))
    span = _PERIODS.get(period.strip().lower())
    times = frequency.strip() or "1"
    if span is None or not re.fullmatch(r"[1-9]\d{0,3}", times):
        return None
    return span / int(times)


def _draft(item: Item, base: str) -> _Draft:
    known_as = identity(item.id, base, permalink=item.permalink)
    link = resolve(item.link, base)
    if link is None and is_web(known_as):
        link = resolve(known_as)
    longest_first = sorted(item.texts, key=lambda text: -len(text.value))
    text = next(filter(None, (paragraphs(text.value, html=text.marked_up) for text in longest_first)), "")
    named = one_line(item.title.value, html=item.title.marked_up)
    return _Draft(
        id=known_as,
        link=link,
        title=named or shorten(text.replace("\n", " "), _OPENING) or link or "",
        text="" if text == named else text,
        published=instant(item.published),
    )


def _entry(item: Item, draft: _Draft, key: str, base: str, lang: str | None) -> Entry:
    links = dict.fromkeys(resolve(link, base) for link in item.links[:_MOST] if link != item.link)
    return Entry(
        key=key,
        kind=Kind.NEWS,
        title=draft.title,
        link=draft.link,
        links=tuple(link for link in links if link and link != draft.link),
        text=draft.text,
        published=draft.published,
        updated=instant(item.updated),
        lang=language(item.lang, lang),
        facts=_facts(item, key),
    )


def _facts(item: Item, key: str) -> Mapping[str, Fact]:
    guid = "" if item.id == key else one_line(item.id, limit=_LONGEST_ID)
    named: dict[str, Fact] = {
        "authors": tuple(dict.fromkeys(filter(None, map(one_line, item.authors[:_MOST])))),
        "categories": tuple(dict.fromkeys(filter(None, map(one_line, item.categories[:_MOST])))),
        "enclosures": item.enclosures,
        "guid": shorten(guid, LONGEST_KEY) if guid != key else "",
    }
    return {name: fact for name, fact in named.items() if fact}


def _keys(drafts: Sequence[_Draft]) -> list[str]:
    """Give each item its key (design §5): the guid if no other item has it, else the link on the same terms.

    An item with neither is known by what it says: link, title, and date or text; items alike in all of these
    are numbered.
    """
    ids = Counter(draft.id for draft in drafts)
    if len(ids) == len(drafts) and "" not in ids and max(map(len, ids), default=0) <= LONGEST_KEY:
        return list(ids)
    pages = [normalised(draft.link) if draft.link else "" for draft in drafts]
    links = Counter(pages)
    keys: list[str] = []
    used: set[str] = set()
    alike: Counter[str] = Counter()
    for draft, page in zip(drafts, pages, strict=True):
        key = ""
        if draft.id and ids[draft.id] == 1:
            key = bounded(draft.id)
        elif draft.link and links[page] == 1 and draft.link not in ids:
            key = bounded(draft.link)
        if not key or key in used:
            key = _fingerprint(draft, page)
            alike[key] += 1
            key += f"#{alike[key]}" if alike[key] > 1 else ""
        used.add(key)
        keys.append(key)
    return keys


def bounded(key: str) -> str:
    """Return a key of at most 512 characters; the end of a longer one becomes a hash of the whole."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest) - 1]}~{digest}"


def _fingerprint(draft: _Draft, page: str) -> str:
    said = draft.published.isoformat() if draft.published else draft.text
    return (
        "item:" + blake2b(f"{page}\0{draft.title}\0{said}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    )
