"""The text of an article's page, where its feed shows a teaser; runs in a worker process.

Pages that ask for payment or consent, or that ask not to be quoted, give nothing. trafilatura reads them where it is
installed (the extra "fulltext"); else the paragraphs of the page's densest part are taken.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html

LARGEST = 2_000_000
"""Bytes of a page that are read."""
SHORTEST = 200
"""Characters of text below which a page shows no article."""
LINKED = 0.4
"""Share of a passage in links from which on it leads elsewhere."""
_AWAY = "script|style|noscript|template|nav|aside|footer|header|form|figure|button|iframe|svg|select|dialog"
_HIDDEN = re.compile(
    r"cookie|consent|newsletter|subscribe|paywall|related|recommend|comment|share|social|promo|advert|sidebar|breadcrumb",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"display:\s*none|visibility:\s*hidden|font-size:\s*0", re.IGNORECASE)
_BODY = (
    "//*[@itemprop='articleBody']",
    "//article//*[contains(@class,'body') or contains(@class,'content')]",
    "//article",
    "//main",
)
_PAID = re.compile(
    r"subscribe (?:now )?to (?:read|continue)|to continue reading|already a subscriber|for subscribers only|"
    r"réservé aux abonnés|article réservé|nur für abonnenten|weiterlesen mit|solo para suscriptores|"
    r"только для подписчиков|会员专享|有料会員",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|accept all cookies|alle akzeptieren|tout accepter|aceptar todo|"
    r"manage your consent|einwilligung",
    re.IGNORECASE,
)


def article(body: bytes, url: str, *, own: bool = False) -> str:
    """Return the text of a page's article, paragraphs parted by new lines; "" if it shows none to everybody.

    With `own`, trafilatura is left aside even if it is there.
    """
    tree = _parsed(body[:LARGEST])
    if tree is None or _closed(tree):
        return ""
    text = ("" if own else _by_trafilatura(body[:LARGEST], url)) or _densest(tree)
    text = "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
    wall = len(text) < 3 * SHORTEST and (_PAID.search(text) or _CONSENT.search(text))
    return "" if len(text) < SHORTEST or wall else text


def _parsed(body: bytes) -> Any:
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(huge_tree=False, remove_comments=True))
    except (ValueError, html.etree.LxmlError):
        return None


def _closed(tree: Any) -> bool:
    """Tell whether a page is for those who pay, or asks that nothing of it is shown elsewhere."""
    tier = tree.xpath("string(//meta[@property='article:content_tier']/@content)").strip().lower()
    robots = " ".join(tree.xpath("//meta[@name='robots' or @name='Robots' or @name='rapporteur']/@content")).lower()
    if tier in {"locked", "metered"} or re.search(r"\b(?:nosnippet|noarchive|none)\b|max-snippet:\s*0\b", robots):
        return True
    return any(_not_free(text) for text in tree.xpath("//script[@type='application/ld+json']/text()"))


def _not_free(text: str) -> bool:
    """Read schema.org's isAccessibleForFree, wherever it stands."""
    try:
        stack = [json.loads(text)]
    except (ValueError, RecursionError):
        return False
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if str(one.get("isAccessibleForFree", "")).lower() == "false":
                return True
            stack += one.values()
        elif isinstance(one, list):
            stack += one
    return False


def _by_trafilatura(body: bytes, url: str) -> str:
    try:
        from trafilatura import extract
    except ImportError:
        return ""
    found = extract(body, url=url, favor_precision=True, include_comments=False, include_tables=False)
    return str(found or "")


def _densest(tree: Any) -> str:
    """Return the paragraphs of the element that says it is the article, or of the one that holds most text."""
    for name in _AWAY.split("|"):
        for one in tree.xpath(f"//{name}"):
            _drop(one)
    for one in tree.xpath("//*[@class or @id or @style or @hidden or @aria-hidden='true']"):
        named = f"{one.get('class', '')} {one.get('id', '')}"
        hidden = one.get("hidden") is not None or one.get("aria-hidden") == "true"
        if hidden or _UNSEEN.search(one.get("style", "")) or (_HIDDEN.search(named) and one.tag not in _FRAME):
            _drop(one)
    said = (_text(found[0]) for path in _BODY if (found := tree.xpath(path)))
    return next((text for text in said if len(text) >= SHORTEST), "") or _most(tree)


_FRAME = ("html", "body", "article", "main")


def _drop(one: Any) -> None:
    if one.getparent() is not None:
        one.drop_tree()


def _most(tree: Any) -> str:
    """Return the paragraphs of the parent whose own paragraphs are longest together."""
    sizes: dict[Any, int] = {}
    for paragraph in tree.xpath("//p"):
        parent = paragraph.getparent()
        if parent is not None and not _leads_away(paragraph):
            sizes[parent] = sizes.get(parent, 0) + len(paragraph.text_content())
    best = max(sizes, key=lambda one: sizes[one], default=None)
    return "" if best is None else _text(best)


def _text(one: Any) -> str:
    return "\n".join(_paragraphs(one))


def _paragraphs(one: Any) -> Iterator[str]:
    for paragraph in one.xpath(".//p | .//h2 | .//h3 | .//li[not(.//p)] | .//blockquote[not(.//p)]"):
        text = " ".join(paragraph.text_content().split())
        if text and not _leads_away(paragraph):
            yield text


def _leads_away(paragraph: Any) -> bool:
    whole = len(paragraph.text_content())
    linked = sum(len(link.text_content()) for link in paragraph.xpath(".//a"))
    return whole > 0 and linked > whole * LINKED
