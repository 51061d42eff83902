"""Web pages as the list formats read them: a tree, its text, its tables; block pages told apart from lists."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from bot.domain.errors import ParseError
from bot.domain.values import by_value
from feeds import urls
from feeds.body import utf8
from feeds.grid import MOST_CELLS, MOST_ROWS, Grid
from feeds.itu_dates import clean
from feeds.page import Page
from feeds.text import BLOCKS, CELLS, UNSEEN, one_line, paragraphs
from feeds.verdicts import is_block_page, is_html, is_soft_missing

LONGEST_FIELD = 2_000
LONGEST_TEXT = 20_000
WHOLE_PAGE = 200_000
_LARGEST = 6_000_000
_LONGEST_HEADING = 120
_MOST_LINKS = 200
_HEAD = 4_096
_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_MOVED = re.compile(rb"<title>\s*Object moved\s*</title>", re.IGNORECASE)
_NOT_FOUND = re.compile(
    rb"(?:canonical\"[^>]{0,200}|<form[^>]{0,400}action=\"[^\"]{0,200})notfound\.aspx", re.IGNORECASE
)
_END = re.compile(rb"</html\s*>\s*(?:<!--.{0,2000}-->\s*)?\Z", re.IGNORECASE | re.DOTALL)
_TAIL = 4_096
_BARE_AMPERSAND = re.compile(rb"&(?!#\d+;|#x[0-9a-fA-F]+;|[A-Za-z][\w.-]*;)")
_NAMED_CHARACTER = re.compile(rb"&[A-Za-z][A-Za-z0-9]{1,30};")
_XML_NAMES = frozenset({"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})
_SLASH = re.compile(r"\s*/\s*")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_BESIDE_WORDS = re.compile(r"^[^\w#(]+|[^\w#).:*]+$")
"""Arrows of sorted columns, and bullets; a number sign may be all that a heading says."""


@by_value
class Row:
    """A row of a table below its headings.

    Attributes:
        cells: the row's elements, as many as it has.
        names: what the headings call them; a name that several headings share is its first.

    """

    cells: tuple[etree._Element, ...]
    names: Mapping[str, int]

    def cell(self, name: str) -> etree._Element | None:
        """Return the cell below a heading, None where the row or the table has none."""
        place = self.names.get(name)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def text(self, name: str) -> str:
        """Return what the cell says, on one line; empty where there is none, or a dash for nothing."""
        cell = self.cell(name)
        return "" if cell is None else said(line(cell))

    def hrefs(self) -> Iterator[str]:
        """Yield the addresses of all links of the row, as they are written."""
        return (href for cell in self.cells for href in hrefs(cell))

    def lines(self, name: str) -> list[str]:
        """Return what the cell says, line by line."""
        cell = self.cell(name)
        return [] if cell is None else lines(cell)


def body(page: Page, what: str) -> bytes:
    """Return the page's bytes in UTF-8.

    Raise ParseError if it is empty, or a firewall's page: that says nothing about what `what` holds.
    """
    if not page.body.strip(b"\x00\t\n\r "):
        why = f"{what} is blocked or broken: the answer is empty (0 bytes of content); ask again later."
        raise ParseError(why, blocked=True)
    head = page.body[: 64 * 1024]
    if is_block_page(page.body) or _MOVED.search(head) or _NOT_FOUND.search(head) or is_soft_missing(_path(page)):
        why = f"{what} is blocked: a firewall's page came instead; it says nothing about what is listed."
        raise ParseError(why, blocked=True)
    headers = dict(page.headers)
    declared = _CHARSET.search(page.body[:_HEAD])
    if declared and "charset" not in headers.get("content-type", "").lower():
        headers["content-type"] = f"text/html; charset={declared[1].decode('ascii', 'replace')}"
    return utf8(page.body, headers, page.lang)


def _path(page: Page) -> str:
    try:
        return urlsplit(page.url).path
    except ValueError:
        return ""


def looks_html(data: bytes) -> bool:
    """Tell whether a body is a web page, or a piece of one."""
    return is_html(data) or data.lstrip()[:1] == b"<"


def tree(data: bytes, what: str) -> etree._Element:
    """Return the tree of a web page that `body` gave; scripts, styles and comments are left out of all texts.

    Raise ParseError if there is no markup in it.
    """
    if len(data) > _LARGEST:
        raise ParseError(f"{what} is larger than {_LARGEST // 1_000_000} MB, which no page that we read is.")
    if not is_html(data) and (not looks_html(data) or data.lstrip().startswith(b"<?xml")):
        raise ParseError(f"{what} was expected as a web page; the body is {_kind(data)}.")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data.replace(b"\x00", b""), parser)
    except etree.LxmlError as error:
        raise ParseError(f"{what} could not be read as a web page ({error}).") from error
    if root is None:
        raise ParseError(f"{what} was expected as a web page; the body holds no element.")
    return root


def xml(data: bytes, what: str, root: str) -> etree._Element:
    """Parse XML strictly, so that what was cut short never looks like things that vanished; or raise ParseError.

    Ampersands that were not escaped ("AT&T") and HTML's names of characters are mended; tags are without namespaces.
    """
    try:
        found = _strictly(data)
    except etree.XMLSyntaxError as error:
        try:
            found = _strictly(_BARE_AMPERSAND.sub(b"&amp;", _NAMED_CHARACTER.sub(_character, data)))
        except etree.XMLSyntaxError:
            raise ParseError(f"{what} is cut short or no XML: it looks like {_kind(data)} ({error.msg}).") from error
    if any(True for _ in found.iter(etree.Entity)):
        raise ParseError(f"{what} holds XML entities of its own, which no honest one does.")
    for at in found.iter(etree.Element):
        at.tag = etree.QName(at).localname
    if found.tag != root:
        raise ParseError(f"shape changed: {what} begins with <{found.tag}>, expected <{root}>.")
    return found


def _character(found: re.Match[bytes]) -> bytes:
    name = found[0].decode("ascii")
    return found[0] if name in _XML_NAMES else unescape(name).encode()


def _strictly(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def _kind(data: bytes) -> str:
    start = data.lstrip()[:1]
    if is_html(data):
        return "an HTML page, perhaps an error page"
    return {b"{": "JSON", b"[": "JSON", b"<": "XML that is cut short or of another kind"}.get(start, "plain text")


def ended(data: bytes) -> bool:
    """Tell whether a web page arrived to its end."""
    return _END.search(data[-_TAIL:]) is not None


def _pieces(element: etree._Element) -> Iterator[str]:
    """Yield the text of an element in order, a line end where a block begins or ends; no recursion."""
    unseen = 0
    for event, at in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(at.tag, str):
            continue
        unseen += at.tag in UNSEEN and event == "start"
        if at.tag in BLOCKS or at.tag in CELLS:
            yield "\n" if at.tag in BLOCKS else " "
        if not unseen:
            yield _flat(at.text if event == "start" else "")
        unseen -= at.tag in UNSEEN and event == "end"
        if event == "end" and at is not element and not unseen:
            yield _flat(at.tail)


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("\r", " ")


def _text(element: etree._Element, limit: int) -> str:
    """Return the text of an element, its first `limit` characters or tags: tables within tables cost no more."""
    if not len(element) and element.tag not in UNSEEN:
        return _flat(element.text)[:limit]
    parts: list[str] = []
    length = 0
    for tags, piece in enumerate(_pieces(element)):
        parts.append(piece)
        length += len(piece)
        if length > limit or tags > limit:
            break
    return "".join(parts)[:limit]


def lines(element: etree._Element, limit: int = LONGEST_TEXT) -> list[str]:
    """Return the lines that an element shows, without invisible characters; empty ones are left out."""
    found = _text(element, limit).split("\n")
    return [tidy for raw in found if (tidy := one_line(clean(raw), limit=LONGEST_FIELD))]


def line(element: etree._Element, limit: int = 2 * LONGEST_FIELD) -> str:
    """Return what an element shows on one line."""
    return one_line(" ".join(lines(element, limit)), limit=LONGEST_FIELD)


def shown(root: etree._Element) -> str:
    """Return what a whole page shows, its first WHOLE_PAGE characters."""
    return " ".join(lines(root, WHOLE_PAGE))


def prose(text: str) -> str:
    """Return text of a field that may be marked up, paragraph by paragraph, at most LONGEST_TEXT characters."""
    return paragraphs(text.replace("\r\n", "\n\n"), limit=LONGEST_TEXT)


def said(text: str) -> str:
    """Return a field's text, empty where it is only a dash, which is how lists write nothing."""
    return "" if text.strip("-–—−‐ .") == "" else text


def hrefs(element: etree._Element, most: int = _MOST_LINKS) -> list[str]:
    """Return the addresses of an element's links as they are written, the first `most`."""
    return [(at.get("href") or "").strip() for at in islice(element.iter("a"), most)]


def actions(root: etree._Element) -> list[str]:
    """Return where the forms of a page lead, as it is written."""
    return [at.get("action") or "" for at in root.iter("form")]


def first(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    """Return the first group that is not empty in the first of these texts that holds `pattern`; empty if none does."""
    found = next(filter(None, map(pattern.search, texts)), None)
    return next(filter(None, found.groups()), "") if found else ""


def control(element: etree._Element, repeater: str) -> str:
    """Return an ASP.NET control's own name, "" if it is in no such repeater.

    "lbl_status" of `ctl00_ContentPlaceHolder1_rpt_main_ctl00_lbl_status`, as of the ids of newer versions,
    `ContentPlaceHolder1_rpt_main_lbl_status_0`.
    """
    found = re.search(rf"(?:\A|_){repeater}_(?:ctl\d+_)?([A-Za-z]\w*?)(?:_0)?\Z", element.get("id") or "")
    return found[1] if found else ""


def links(element: etree._Element, base: str, most: int = _MOST_LINKS) -> list[str]:
    """Return the absolute addresses of an element's links; those that cannot be followed are left out."""
    return [address for href in hrefs(element, most) if (address := urls.resolve(href, base))]


def rows(root: etree._Element) -> Iterator[list[list[etree._Element]]]:
    """Yield each table's rows of cells, column by column; cells of a table inside a cell belong to that one only.

    A cell that spans rows stands in each of them; of one that spans columns the further ones are empty cells. What is
    alone in its row (a pager, a foot, the name of a section) is one cell, however wide.
    Raise ParseError for more rows than any list has.
    """
    tables: dict[etree._Element, Grid] = {}
    for number, row in enumerate(root.iter("tr")):
        if number >= MOST_ROWS:
            raise ParseError(f"The page has more than {MOST_ROWS} rows, which no list that we read has.")
        table = next(row.iterancestors("table"), root)
        tables.setdefault(table, Grid()).add(list(islice(row.iterchildren(*CELLS), MOST_CELLS)))
    for grid in tables.values():
        yield grid.rows


def listed(
    root: etree._Element, headings: Mapping[str, re.Pattern[str]], required: Sequence[str]
) -> Iterator[list[Row]]:
    """Yield the rows of each table that has headings of all `required` names, in the order of the page.

    `headings` tells by what words a column is known. Rows above the headings, and rows that repeat them, are left out.
    """
    for table in rows(root):
        names: Mapping[str, int] = {}
        found: list[Row] = []
        for cells in table:
            named = _named(cells, headings)
            if all(name in named for name in required):
                names = named
            elif names:
                found.append(Row(cells=tuple(cells), names=names))
        if names:
            yield found


def _named(cells: Sequence[etree._Element], headings: Mapping[str, re.Pattern[str]]) -> Mapping[str, int]:
    names: dict[str, int] = {}
    for place, cell in enumerate(cells):
        left = {name: words for name, words in headings.items() if name not in names}
        if name := heading(line(cell, _LONGEST_HEADING), left):
            names[name] = place
    return names


def heading(text: str, headings: Mapping[str, re.Pattern[str]]) -> str:
    """Return which heading a text is: "Question(s)", "Place / Host" and "Date (time) ▲" are as plain ones; or ""."""
    plain = _SLASH.sub("/", _BESIDE_WORDS.sub("", text).replace("(s)", "s"))
    shorter = _IN_BRACKETS.sub("", plain)
    return next((name for said in (plain, shorter) for name, words in headings.items() if words.fullmatch(said)), "")


def words(pattern: str) -> re.Pattern[str]:
    """Compile what a heading may say, whatever its case, with or without a colon at its end."""
    return re.compile(rf"\s*(?:{pattern})\s*[:.*]?\s*", re.IGNORECASE)


REGISTRATION = words(
    r"(?:pre-?)?registration (?:deadline|until|by|closes|ends?)(?: on| date)?|register (?:by|until|before)"
)
"""How lists of meetings head the day on which registration closes."""


def labelled(found: Sequence[str], labels: Mapping[str, re.Pattern[str]]) -> dict[str, list[str]]:
    """Read `Label: value` from lines; the value may stand behind its label, or in the lines below until the next.

    A label counts where it first stands; each pattern must match up to and including the colon.
    """
    fields: dict[str, list[str]] = {}
    current: list[str] | None = None
    for raw in found:
        text = raw.strip("| ")
        name, end = _label(text, labels)
        if name is not None:
            current = fields.setdefault(name, []) if name not in fields else []
        value = text[end:].strip("| ")
        if current is not None and value:
            current.append(value)
    return fields


def _label(text: str, labels: Mapping[str, re.Pattern[str]]) -> tuple[str | None, int]:
    for name, pattern in labels.items():
        if found := pattern.match(text):
            return name, found.end()
    return None, 0


def changed(what: str, missing: Sequence[str], seen: str) -> ParseError:
    """Return the error for a page that lost what we rely on: the page has changed, not what it lists."""
    return ParseError(f"shape changed: {what} no longer has {', '.join(missing)}; it has {seen[:200] or 'nothing'}.")
