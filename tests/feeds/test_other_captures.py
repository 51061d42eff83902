"""The same lists as other captures could hold them: read the same, or refused as a changed shape, never as less."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import pytest

from bot.domain.errors import ParseError
from feeds import (
    itu_aap,
    itu_calendar,
    itu_documents,
    itu_rapporteur_meetings,
    itu_work_items,
    markup,
    three_gpp,
)
from tests.feeds.captures import PAGES, TABLES, Mutation, decoded, read, read_or_refused, unlike


def of_tags(tag: Callable[[re.Match[str]], str]) -> Mutation:
    return lambda page: re.sub(r"<(/?)([A-Za-z][\w:]*)([^<>]*)>", tag, page)


def of_texts(change: Mutation) -> Mutation:
    """Change what stands between tags, but for scripts, styles and the title."""

    def changed(page: str) -> str:
        hidden, parts = False, []
        for part in re.split(r"(<[^>]*>)", page):
            if part.startswith("<"):
                hidden = re.match(r"<(?:script|style|title)\b", part, re.IGNORECASE) is not None
            parts.append(part if part.startswith("<") or hidden or not part.strip() else change(part))
        return "".join(parts)

    return changed


def of_cells(before: str, after: str, cell: str = "t[dh]") -> Mutation:
    pattern = re.compile(rf"(<{cell}\b[^>]*>)(.*?)(</{cell}>)", re.DOTALL | re.IGNORECASE)
    return lambda page: pattern.sub(lambda found: f"{found[1]}{before}{found[2]}{after}{found[3]}", page)


def of_heads(change: Mutation) -> Mutation:
    pattern = re.compile(r"(<th\b[^>]*>)(.*?)(</th>)", re.DOTALL | re.IGNORECASE)
    return lambda page: pattern.sub(lambda found: found[1] + change(found[2]) + found[3], page)


def turned(tag: re.Match[str]) -> str:
    """Write a tag's attributes in the other order, with further ones, on lines of their own."""
    found = re.findall(r"([\w:-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", tag[3])
    if tag[1] or not found:
        return tag[0]
    return f"<{tag[2]}\n  data-x = '1 2' " + " ".join(f"{name} = {value}" for name, value in found[::-1]) + ">"


def layout(page: str) -> str:
    """Put the page into a table that lays it out."""
    around = r"\1<table><tr><td>menu</td></tr><tr><td>\2</td></tr></table>\3"
    return re.sub(r"(<body[^>]*>)(.*)(</body>)", around, page, flags=re.DOTALL | re.IGNORECASE)


def xhtml(page: str) -> str:
    bare = re.sub(r"<!doctype[^>]*>", "", page, flags=re.IGNORECASE)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">\n'
    return head + bare.replace("<html", '<html xmlns="http://www.w3.org/1999/xhtml"', 1)


def without_case(pattern: str, put: str) -> Mutation:
    return lambda page: re.sub(pattern, put, page, flags=re.IGNORECASE)


ALIKE: Mapping[str, Mutation] = {
    "tags in capitals": of_tags(lambda tag: f"<{tag[1]}{tag[2].upper()}{tag[3]}>"),
    "other attributes in another order": of_tags(turned),
    "carriage returns between tags": lambda page: re.sub(r">\s*<", ">\r\n\t <", page),
    "carriage returns in texts": of_texts(lambda text: text.replace(" ", "\r\n   ", 1)),
    "no-break spaces": of_texts(lambda text: text.replace(" ", "&nbsp;")),
    "narrow spaces": of_texts(lambda text: text.replace(" ", "\u202f")),
    "spaces around": of_texts(lambda text: f"&nbsp;{text}&nbsp; "),
    "zero-width spaces": of_texts(lambda text: f"\u200b{text}&#8203;"),
    "byte-order marks within": of_texts(lambda text: f"\ufeff{text}"),
    "fonts in cells": of_cells("<span><font color=black>", "</font></span>"),
    "blocks in cells": of_cells("<div><p>\n", "</p></div>\n"),
    "tables in cells": of_cells("<table><tr><td>", "</td></tr></table>"),
    "scripts in cells": of_cells("<script>var a = '2020-01-01 Q1/1';</script>", ""),
    "comments": of_tags(lambda tag: f"{tag[0]}<!-- <td> -->" if tag[2].lower() in {"td", "tr", "th"} else tag[0]),
    "a table around it": layout,
    "cells left open": without_case(r"</t[dhr]>", ""),
    "headings as cells": without_case(r"<(/?)th\b", r"<\1td"),
    "cells as headings": without_case(r"<(/?)td\b", r"<\1th"),
    "a body of the table": lambda page: re.sub(
        r"(<table\b[^>]*>)(.*)(</table>)", r"\1<tbody>\2</tbody>\3", page, flags=re.DOTALL
    ),
    "a title row": without_case(r"(<table\b[^>]*>)", r"\1<tr><td colspan=9>12 in all</td></tr>"),
    "blank rows": without_case(r"</tr>", "</tr><tr><td>&nbsp;</td></tr><tr></tr>"),
    "a pager": without_case(r"</table>", "<tr><td colspan=9>1 2 3 Next</td></tr></table>"),
    "links that sort": of_heads(lambda text: f"<a href=\"javascript:__doPostBack('x','Sort')\">{text}</a><img src=a>"),
    "arrows": of_heads(lambda text: f"{text} \u25b2"),
    "headings in capitals": of_heads(lambda text: text.upper() if "&" not in text else text),
    "broken headings": of_heads(lambda text: text.replace("/", "/<wbr>").replace(" ", "<br>")),
    "links of any case": lambda page: (
        page.replace("eventid", "EventID").replace("MtgId", "mtgid") if "Event-" not in page else page
    ),
    "further parameters": lambda page: re.sub(r"(isn|MtgId|AAPSeqNo)=", r"lang=en&amp;\1=", page),
    "XHTML": xhtml,
    "ids of a newer server": without_case(r"ctl00_((?:\w+_)?rpt_main)_ctl00_(\w+?)(?=['\"])", r"\1_\2_0"),
    "navigation": without_case(r"(<body[^>]*>)", r"\1<ul><li><a href='/'>Home</a></ul><input type=hidden value=AAAA>"),
}
ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "a byte-order mark": lambda page: b"\xef\xbb\xbf" + page.encode(),
    "UTF-16": lambda page: page.encode("utf-16"),
    "windows-1252": lambda page: re.sub(r"<body", "<meta charset=windows-1252><body", page, count=1).encode(
        "cp1252", "xmlcharrefreplace"
    ),
}


@pytest.mark.parametrize("mutation", ALIKE)
def test_another_capture_of_a_page_is_read_the_same(mutation: str) -> None:
    changed = {name: ALIKE[mutation](decoded(body)).encode() for name, (_, body, _) in PAGES.items()}
    found = [unlike(name, PAGES[name][1], body) for name, body in changed.items()]
    assert list(filter(None, found)) == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_another_encoding_is_read_the_same(encoding: str) -> None:
    found = [unlike(name, body, ENCODINGS[encoding](decoded(body))) for name, (_, body, _) in PAGES.items()]
    assert list(filter(None, found)) == []


def rows_of(page: str) -> tuple[re.Match[str], list[list[str]]]:
    table = re.search(r"(<table\b[^>]*>)(.*)</table>", page, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr\b[^>]*>(.*?)</tr>", table[2], re.DOTALL)
    return table, [re.findall(r"<t[dh]\b[^>]*>.*?</t[dh]>", row, re.DOTALL) for row in rows]


def written(page: str, table: re.Match[str], rows: list[list[str]]) -> bytes:
    inner = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"{page[: table.start()]}{table[1]}{inner}</table>{page[table.end() :]}".encode()


Rows = list[list[str]]
COLUMNS: Mapping[str, Callable[[Rows], Rows]] = {
    "the other way round": lambda rows: [row[::-1] for row in rows],
    "the first last": lambda rows: [row[1:] + row[:1] for row in rows],
    "one more in front": lambda rows: [["<td><input type=checkbox></td>", *row] for row in rows],
    "one more at the end": lambda rows: [[*row, "<td>extra 12</td>"] for row in rows],
    "one more within": lambda rows: [[*row[:2], "<td>see 2020-01-01 Q1/1</td>", *row[2:]] for row in rows],
    "one over all rows": lambda rows: [
        ["<th>Lot</th>", *rows[0]],
        [f"<td rowspan='{len(rows) - 1}'>A</td>", *rows[1]],
        *rows[2:],
    ],
    "a heading over two": lambda rows: [
        ["<th colspan=2>Remarks</th>", *rows[0]],
        *(["<td>a</td><td>b</td>", *row] for row in rows[1:]),
    ],
    "headings on two rows": lambda rows: [
        [
            "<th colspan=2>Marks</th>",
            *(cell.replace("<th", "<th rowspan=2").replace("<td", "<td rowspan=2") for cell in rows[0]),
        ],
        ["<th>a</th>", "<th>b</th>"],
        *(["<td>a</td><td>b</td>", *row] for row in rows[1:]),
    ],
    "sections": lambda rows: [rows[0], ["<td colspan=9><b>Section A, 2026</b></td>"], *rows[1:]],
}


@pytest.mark.parametrize("columns", COLUMNS)
def test_columns_are_known_by_their_headings_wherever_they_stand(columns: str) -> None:
    found = []
    for name, (_, body, _) in TABLES.items():
        page = decoded(body)
        table, rows = rows_of(page)
        found.append(unlike(name, body, written(page, table, COLUMNS[columns](rows))))
    assert list(filter(None, found)) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name in TABLES or name.endswith("no heads")])
def test_a_missing_column_is_missed_and_puts_no_other_in_its_place(name: str) -> None:
    """Entries keep their keys and lose at most what the column said; or the shape has changed."""
    page = decoded(PAGES[name][1])
    before = {entry.key: entry for entry in read(name, PAGES[name][1]).entries}
    table, rows = rows_of(page)
    for column in range(max(map(len, rows))):
        less = written(page, table, [row[:column] + row[column + 1 :] for row in rows])
        after = read_or_refused(name, less)
        if after is None:
            continue
        assert {entry.key for entry in after} == before.keys()
        for entry in after:
            assert entry.starts == before[entry.key].starts
            assert entry.ends in {None, before[entry.key].ends}
            assert entry.place in {None, before[entry.key].place}
            for fact, value in entry.facts.items():
                assert fact == "body" or value == before[entry.key].facts.get(fact)


IN_FIGURES = re.compile(r"(?<![\w=])((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\w)")
WRITTEN: Mapping[str, str] = {
    "full stops": "%d.%m.%Y",
    "slashes": "%Y/%m/%d",
    "names": "%d %B %Y",
    "short names": "%d %b %Y",
    "hyphens and names": "%d-%b-%Y",
    "the American way": "%B %d, %Y",
    "days of the week": "%a %d %b %Y",
    "hours": "%Y-%m-%dT00:00:00",
    "no-break hyphens": "%Y\u2011%m\u2011%d",
    "en dashes": "%Y\u2013%m\u2013%d",
    "zero-width spaces": "%Y-\u200b%m-\u200b%d",
}
DATED = [name for name in PAGES if not name.startswith("work item")]


@pytest.mark.parametrize("form", WRITTEN)
def test_days_may_be_written_in_any_form(form: str) -> None:
    def again(found: re.Match[str]) -> str:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC).strftime(WRITTEN[form])

    rewritten = {name: of_texts(lambda text: IN_FIGURES.sub(again, text))(decoded(PAGES[name][1])) for name in DATED}
    found = [unlike(name, PAGES[name][1], page.encode()) for name, page in rewritten.items()]
    assert list(filter(None, found)) == []


@pytest.mark.parametrize("form", ["%d/%m/26", "week %W of 2026"])
@pytest.mark.parametrize("name", ["aap", "calendar", "circulars", "3gpp", "recommendation"])
def test_days_that_cannot_be_read_are_a_changed_shape(name: str, form: str) -> None:
    page = IN_FIGURES.sub(lambda found: form.replace("%d", found[3]).replace("%m", found[2]), decoded(PAGES[name][1]))
    with pytest.raises(ParseError, match="shape changed"):
        read(name, page.encode())


@pytest.mark.parametrize(
    ("headings", "name", "written"),
    [
        (itu_calendar.HEADINGS, "starts", "Date (from)|Start date|Begins|Dates|Date start"),
        (itu_calendar.HEADINGS, "ends", "Date to|Ends|Finish|Until"),
        (itu_calendar.HEADINGS, "place", "Place/Venue|Venue / Location|City, Country|Location (city)"),
        (itu_calendar.HEADINGS, "title", "Event title|Name of event|Meeting title"),
        (three_gpp.HEADINGS, "name", "Meeting number|Mtg no|Meeting #"),
        (three_gpp.HEADINGS, "place", "Town/Country|Location"),
        (itu_aap.HEADINGS, "lc_from", "LC Start|Start of LC|Last Call begins|LC from"),
        (itu_aap.HEADINGS, "lc_until", "LC End|End of Last Call|LC deadline"),
        (itu_aap.HEADINGS, "group", "Responsible Study Group|SG"),
        (itu_documents.HEADINGS, "number", "Doc.|Doc. No.|Reference|[Number]"),
        (itu_documents.HEADINGS, "question", "AI / Question|Question(s)|Q/AI"),
        (itu_documents.HEADINGS, "date", "Date posted|Received|Posted on \u25bc"),
        (itu_work_items.HEADINGS, "title", "Subject / Title|Title/Subject|Work item title"),
        (itu_work_items.HEADINGS, "supporters", "Supporting Member(s)|SUPPORTING MEMBERS:"),
        (itu_rapporteur_meetings.HEADINGS, "question", "Question(s)|WP/Question|Rapporteur group"),
        (itu_rapporteur_meetings.HEADINGS, "date", "Date(s)|Date (time)|Meeting dates*"),
        (itu_rapporteur_meetings.HEADINGS, "place", "Place / Host|Host/Place|Venue and host"),
    ],
)
def test_headings_are_known_in_the_words_that_lists_choose(
    headings: Mapping[str, re.Pattern[str]], name: str, written: str
) -> None:
    assert {text: markup.heading(text, headings) for text in written.split("|")} == dict.fromkeys(
        written.split("|"), name
    )


def test_a_calendar_may_give_its_days_in_one_column() -> None:
    rows = (("Dates", "Title"), ("1-10 June 2026", "<a href='Event-Details.aspx?eventid=7'>ITU-T SG17</a>"))
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    (entry,) = read("calendar", f"<html><body><table>{table}</table></body></html>".encode()).entries
    assert (entry.starts, entry.ends) == (date(2026, 6, 1), date(2026, 6, 10))
