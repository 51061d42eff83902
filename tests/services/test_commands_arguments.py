"""Options, pages, durations, quotations and carets: the pure parts of commands."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.document import Line, Style, Text, line_text
from bot.domain.entries import Entry, Kind
from bot.domain.errors import CommandError
from bot.domain.watches import Hit
from bot.services.commands.answering import find, pointed
from bot.services.commands.arguments import duration, page_number, split_options
from bot.services.commands.paging import paged
from bot.services.commands.quoting import LONGEST, quoted

TAKES = {"note": True, "yes": False}


@pytest.mark.parametrize(
    ("rest", "words", "options"),
    [
        ("facial recognition", "facial recognition", {}),
        ('"smart  lamp" OR x --note for "SG17"  brief', '"smart  lamp" OR x', {"note": 'for "SG17" brief'}),
        ('face --note "for Anna" --yes', "face", {"note": "for Anna", "yes": ""}),
        ("--yes face recognition", "face recognition", {"yes": ""}),
        ("face —note said by a phone", "face", {"note": "said by a phone"}),
        ('"a --note b" c', '"a --note b" c', {}),
        ("“a --note b” c", "“a --note b” c", {}),
        ('="A B" -toy', '="A B" -toy', {}),
        ("a\nb, c\n--note two\nlines", "a\nb, c", {"note": "two lines"}),
        ("AI –face", "AI –face", {}),
        ('"open --yes', '"open --yes', {}),
        ("", "", {}),
    ],
)
def test_options_leave_the_query_as_it_was_typed(rest: str, words: str, options: dict[str, str]) -> None:
    assert split_options(rest, takes=TAKES, usage="") == (words, options)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(CommandError, match="--force"):
        split_options("face --force", takes=TAKES, usage="watch QUERY")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2h", timedelta(hours=2)),
        ("90 min", timedelta(minutes=90)),
        ("3d", timedelta(days=3)),
        ("1 week", timedelta(weeks=1)),
        ("3 months", None),
        ("Friday", None),
        ("h", None),
    ],
)
def test_durations_are_read(text: str, length: timedelta | None) -> None:
    assert duration(text) == length


def test_pages_lead_on_and_end() -> None:
    rows = list(range(25))
    assert list(paged(rows, 3, command="watches").rows) == [20, 21, 22, 23, 24]
    assert paged(rows, 3, command="watches").more == ()
    (more,) = paged(rows, 1, command="watches").more
    assert line_text(more.line) == "15 more: watches 2"
    with pytest.raises(CommandError, match="3 pages"):
        paged(rows, 4, command="watches")


@pytest.mark.parametrize("text", ["0", "-1", "x", "²", "9" * 40])
def test_a_page_is_a_number_from_one(text: str) -> None:
    if text.startswith("9"):
        assert page_number(text, usage="") == 999_999
        return
    with pytest.raises(CommandError):
        page_number(text, usage="")


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("watch facial recognition", "watch", "facial recognition"),
        ("/watch a", "watch", "a"),
        ("!WATCH  a", "watch", "a"),
        ("@rapporteur watch a", "watch", "a"),
        ("@rapporteur: /watch a", "watch", "a"),
        ("  watch\na\nb ", "watch", "a\nb"),
        ('watch @facial-recognition AND "x  y"', "watch", '@facial-recognition AND "x  y"'),
        ("source  add https://a.example", "source add", "https://a.example"),
        ("?", "help", ""),
        ("source add --help", "help", "source add"),
        ("/watch -h", "help", "watch"),
    ],
)
def test_a_command_is_found_behind_its_mark_and_the_rest_is_untouched(text: str, name: str, rest: str) -> None:
    spec, left = find(text)
    assert (spec.name, left) == (name, rest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a command"),
        ("@bot", "Type a command"),
        ("wach x", "Did you mean watch"),
        ("source", "source add, source test"),
        ("source ad x", "Did you mean source add"),
        ("breif dahua", "Did you mean brief"),
        ("xyzzy", "help lists"),
    ],
)
def test_what_is_no_command_gets_a_hint(text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        find(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wach  face x", "watch face x"),
        ("sorce add https://a.example", "source add https://a.example"),
        ("hlep", "help"),
        ("breif dahua", "brief dahua"),
    ],
)
def test_a_misspelt_line_is_given_back_corrected(text: str, meant: str) -> None:
    with pytest.raises(CommandError) as refused:
        find(text)
    assert refused.value.usage == meant


def entry(text: str, title: str = "A title") -> Entry:
    return Entry(key="k", kind=Kind.NEWS, title=title, text=text)


def marked(line: Line) -> str:
    return "".join(f"[{s.text}]" if isinstance(s, Text) and s.style is Style.HIT else line_text((s,)) for s in line)


def hit(text: str, word: str, field: str = "text") -> Hit:
    start = text.index(word)
    return Hit(field, start, start + len(word), word)


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("First. The face v1.2 here! Last.", "face", "The [face] v1.2 here!"),
        ("一。人脸识别系统。三。", "人脸", "[人脸]识别系统。"),
        ("Heading\nthe face below\nmore", "face", "the [face] below"),
        ("face", "face", "[face]"),
    ],
)
def test_the_sentence_of_the_hit_is_quoted(text: str, word: str, said: str) -> None:
    assert marked(quoted(entry(text), [hit(text, word)])) == said


def test_all_hits_of_the_sentence_are_marked_and_a_title_gives_way_to_the_text() -> None:
    text = "A face and a camera. Another face."
    hits = [Hit("title", 0, 1, "a"), hit(text, "face"), hit(text, "camera"), Hit("text", 29, 33, "face")]
    assert marked(quoted(entry(text), hits)) == "A [face] and a [camera]."


def test_a_hit_outside_the_text_falls_back_to_the_title() -> None:
    assert marked(quoted(entry("short"), [Hit("text", 3, 99, "x")])) == "A title"


@settings(deadline=None)
@given(st.text(max_size=900), st.data())
def test_a_quotation_is_the_sources_own_words_holds_the_hit_and_is_bounded(text: str, data: st.DataObject) -> None:
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 30)))
    line = quoted(entry(text), [Hit("text", start, end, "x")])
    said = line_text(line)
    assert text[start:end] in said
    assert said.removeprefix("…").removesuffix("…") in text or said in text
    assert len(said) <= LONGEST + 2


@pytest.mark.parametrize(
    ("query", "position", "shown"),
    [
        ("a AND", 5, "a AND\n     ^"),
        ("人脸 (", 3, "人脸 (\n     ^"),
        ("one\ntwo AND\nthree", 11, "two AND\n       ^"),
        ("é" + "\u0301" + "x)", 3, "é\u0301x)\n  ^"),
    ],
)
def test_the_caret_stands_below_the_place(query: str, position: int, shown: str) -> None:
    assert pointed(query, position) == shown


def test_a_long_query_is_shown_around_its_error() -> None:
    row, caret = pointed("x" * 900 + ")" + "y" * 900, 900).split("\n")
    assert row[caret.index("^")] == ")"
    assert len(row) < 130
