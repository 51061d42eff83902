"""Documents on a terminal: golden text at 80 columns, and what hostile text becomes."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.console.render import Look, clean, inked, lines, moment
from bot.domain.document import (
    Bullets,
    Document,
    Facts,
    Heading,
    Line,
    Link,
    Moment,
    Paragraph,
    Quote,
    Style,
    Text,
    Verbatim,
    says,
)

CARD = Document(
    (
        Heading(
            (Text("Meeting · SG17 · "), Link("Security of distributed ledgers", "https://www.itu.int/md/T25-SG17"))
        ),
        Facts(
            (
                ("When", (Moment(date(2027, 2, 3)),)),
                ("Where", (Text("Geneva"),)),
                ("Contributions by", (Moment(datetime(2027, 1, 22, 16, 0, tzinfo=UTC)),)),
            )
        ),
        Quote((Text("The group will take up "), Text("facial recognition", Style.HIT), Text(" in public spaces." * 4))),
        Paragraph((Text("ITU meetings", Style.QUIET),)),
        Bullets(((Text("one"),), (Text("two " * 30),)), numbered=True, start=9),
        Verbatim("facial AND\n          ^"),
    )
)

GOLDEN = """\
Meeting · SG17 · Security of distributed ledgers
https://www.itu.int/md/T25-SG17
When              3 Feb 2027
Where             Geneva
Contributions by  22 Jan 2027, 17:00 (Europe/Zurich)
│ The group will take up facial recognition in public spaces. in public spaces.
│ in public spaces. in public spaces.
ITU meetings
 9. one
10. two two two two two two two two two two two two two two two two two two two
    two two two two two two two two two two two
  facial AND
            ^
"""


def plain(document: Document, *, width: int = 80, links: bool = False) -> str:
    return inked(lines(document, Look(width=width, zone="Europe/Zurich", links=links)), colour=False)


def test_a_card_is_laid_out_as_agreed() -> None:
    assert plain(CARD) == GOLDEN


def test_chinese_and_japanese_wrap_by_columns_not_by_characters() -> None:
    rows = plain(says("人脸识别系统的技术要求" * 8), width=40).splitlines()
    assert len(rows) > 4
    assert all(cell_len(row) <= 40 for row in rows)
    assert "".join(rows) == "人脸识别系统的技术要求" * 8


def test_no_escape_sequence_is_written_without_colour() -> None:
    assert "\x1b" not in plain(CARD, links=True)


def test_colour_marks_the_hit_and_hides_the_address_behind_its_text() -> None:
    inky = inked(lines(CARD, Look(width=80, links=True)), colour=True)
    assert "\x1b[1;3;33mfacial recognition\x1b[0m" in inky
    assert "\x1b]8;" in inky
    assert "\nhttps://" not in inky


def test_an_address_that_is_its_own_text_is_shown_once() -> None:
    assert plain(says(Link("https://eff.org/a", "https://eff.org/a"))) == "https://eff.org/a\n"


def test_an_address_is_never_broken_over_lines() -> None:
    address = "https://example.org/" + "a" * 200
    assert address in plain(says(Link("read", address)), width=40).splitlines()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://a.example/\x1b]8;;https://evil.example",
        "file:///etc/passwd",
        "https://a/\u202egpj",
    ],
)
def test_an_address_that_could_deceive_is_not_shown_as_a_link(address: str) -> None:
    document = says(Link("read", address))
    assert plain(document) == "read\n"
    assert "\x1b]8" not in inked(lines(document, Look(links=True)), colour=True)


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("a\x1b[2Jb", "a␛[2Jb"),
        ("a\x1b]0;owned\x07b", "a␛]0;owned␇b"),
        ("a\x9b31mb", "a\ufffd31mb"),
        ("a\rb\nc\u2028d\x85e", "a b c d e"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\u2067b\u200fc", "abc"),
        ("a\ud800b", "a\ufffdb"),
        ("a\x00b\x08c\x7fd", "a␀b␈c␡d"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
        ("[bold red]not markup[/]:warning:", "[bold red]not markup[/]:warning:"),
    ],
)
def test_text_from_outside_commands_nothing(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless
    assert plain(says(hostile)) == harmless + "\n"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120), st.text(max_size=120), st.integers(min_value=24, max_value=100))
def test_whatever_it_says_every_line_fits_and_can_be_encoded(some: str, other: str, width: int) -> None:
    line: Line = (Text(some), Link(other, "https://example.org/"), Text(other, Style.CODE))
    document = Document((Heading(line), Quote(line), Facts(((some, line),)), Bullets((line,)), Verbatim(some)))
    for row in lines(document, Look(width=width, links=True)):
        shown = inked([row], colour=False)
        shown.encode("utf-8")
        assert not set("\x1b\x9b\r\x07") & set(shown)
    for row in lines(Document((Heading(line), Quote(line), Bullets((line,)))), Look(width=width, links=True)):
        assert row.cell_len <= width


def test_days_stay_days_and_instants_name_their_zone() -> None:
    assert moment(date(2026, 12, 31), "Asia/Tokyo") == "31 Dec 2026"
    assert moment(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Asia/Tokyo") == "1 Jan 2027, 08:30 (Asia/Tokyo)"
    assert moment(datetime(2026, 12, 31, 23, 30), "Asia/Tokyo") == "31 Dec 2026, 23:30 (local time)"  # noqa: DTZ001


def test_from_one_instant_to_another_names_the_zone_and_the_same_day_once() -> None:
    start, end = datetime(2026, 6, 30, 8, 0, tzinfo=UTC), datetime(2026, 6, 30, 15, 0, tzinfo=UTC)
    next_day = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    dash = Text(" – ")
    same = Document((Paragraph((Text("When "), Moment(start), dash, Moment(end), Text("."))),))
    other = Document((Paragraph((Moment(start), dash, Moment(next_day))),))
    days = Document((Paragraph((Moment(date(2026, 6, 30)), dash, Moment(date(2026, 7, 1)))),))
    assert plain(same) == "When 30 Jun 2026, 10:00 – 17:00 (Europe/Zurich).\n"
    assert plain(other) == "30 Jun 2026, 10:00 – 1 Jul 2026, 17:00 (Europe/Zurich)\n"
    assert plain(days) == "30 Jun 2026 – 1 Jul 2026\n"
