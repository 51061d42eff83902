"""Pages made to take long or to fill the memory: every list format reads or refuses them within seconds."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from bot.domain.errors import ParseError
from feeds import formats
from feeds.page import Page

LIMIT = 5.0  # seconds of processor time, on a machine shared with other tests
SIZE = 1_500_000
OLDER = {"feed", "ical"}
OURS = [name for name in formats.FORMATS if name not in OLDER]
HEADS: Mapping[str, tuple[str, ...]] = {
    "itu-documents": ("Number", "Title", "Source", "AI/Question"),
    "itu-circulars": ("Number", "Title"),
    "itu-work-items": ("Work item", "Subject/Title"),
    "itu-aap": ("Recommendation", "Title", "Status"),
    "itu-calendar": ("Start", "Title"),
    "itu-rapporteur-meetings": ("Question", "Date", "Place"),
    "3gpp": ("Meeting", "Start", "End"),
}
LINK = "<a href='/md/T25-SG17-C-0548/en?Event-Details?eventid=1&MtgId=3&isn=4'>Q7/17</a>"


def filled(piece: str, size: int = SIZE) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def head(name: str) -> str:
    return "<tr>" + "".join(f"<th>{title}</th>" for title in HEADS.get(name, ("x",))) + "</tr>"


def table(name: str, rest: str) -> str:
    return f"<html><body><table>{head(name)}{rest}"


def objects(_: str) -> str:
    return json.dumps([{"idrec": n, "rec_name": "H.1((((", "title": "x", "status": "y"} for n in range(20_000)])


HOSTILE: Mapping[str, Callable[[str], str]] = {
    "nested blocks": lambda _: "<html>" + filled("<div>"),
    "nested tables": lambda _: "<html>" + filled("<table><tr><td>"),
    "tables within tables": lambda name: (
        f"<table>{head(name)}<tr><td>" * 80 + filled(f"<tr><td>{LINK}<td>2026-01-01<td>x")
    ),
    "many rows": lambda name: table(name, filled(f"<tr><td>{LINK}</td><td>2026-01-01</td><td>Geneva</td></tr>")),
    "many cells": lambda name: table(name, "<tr>" + filled("<td>x</td>")),
    "many links": lambda name: table(name, "<tr><td>" + filled(LINK)),
    "many labels": lambda _: "<html><body>" + filled("<p>Status: x</p>"),
    "many names": lambda name: table(name, f"<tr>{('<td>' + filled('1, ', 200_000) + '</td>') * 9}</tr>"),
    "one word": lambda _: "<html><body>" + filled("1"),
    "brackets": lambda _: "<html><body>Subject:" + filled("((["),
    "deadlines": lambda _: filled("by 25 January 2002, Geneva, 12 May 2020 Subject: a "),
    "comments": lambda _: "<html>" + filled("<!--"),
    "attributes": lambda _: "<html><p " + filled("a=1 "),
    "deep JSON": lambda _: filled('{"a":'),
    "numbers": lambda _: '{"Total":' + filled("9") + "}",
    "deep XML": lambda _: "<page_content>" + filled("<folder_list>"),
    "lines": lambda _: "Work Item;Title\n" + filled("X.a;b\n"),
    "objects": objects,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", OURS)
def test_no_page_takes_longer_than_seconds(name: str, kind: str) -> None:
    body = HOSTILE[kind](name).encode()
    address = "https://www.itu.int/x?isn=5&Group=17&field=aj"
    began = time.process_time()
    with suppress(ParseError):
        formats.parse(name, Page(body=body, url=address, fetched_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert time.process_time() - began < LIMIT


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe",
        b"<",
        b"{}",
        b"[]",
        b"null",
        b"\xef\xbb\xbf",
        "<html>\ud800</html>".encode("utf-8", "surrogatepass"),
    ],
)
def test_scraps_are_read_or_refused_in_a_sentence_of_ours(name: str, body: bytes) -> None:
    try:
        formats.parse(name, Page(body=body, url="https://x.example/", fetched_at=datetime(2026, 1, 1, tzinfo=UTC)))
    except ParseError as error:
        said = str(error)
    else:
        said = ""
    assert "reader broke" not in said


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize(
    "body",
    [
        b" \r\n",
        b"<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>Support ID 42</body></html>",
        b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
        b"<head><title>Object moved</title></head><body><a href='/en/publications/pages/notfound.aspx'>here</a></body>",
    ],
)
def test_a_firewall_s_page_is_blocked_and_never_an_empty_list(name: str, body: bytes) -> None:
    with pytest.raises(ParseError, match="blocked") as caught:
        formats.parse(name, Page(body=body, url="https://x.example/", fetched_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert caught.value.blocked


@pytest.mark.parametrize("name", OURS)
def test_scripts_and_bidi_characters_do_not_pass(name: str) -> None:
    cells = "<td><script>alert(1)</script>&lt;b&gt;2026-01-01\u202e</td>" * 9
    body = f"<html><body><table>{head(name)}<tr>{cells}</tr></table></body></html>".encode()
    with suppress(ParseError):
        parsed = formats.parse(
            name, Page(body=body, url="https://x.example/", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
        )
        for entry in parsed.entries:
            assert "alert" not in entry.title
            assert "\u202e" not in entry.title + (entry.place or "")
