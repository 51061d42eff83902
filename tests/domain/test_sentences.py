import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.sentences import LONGEST, fitting, sentences


def parted(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It met.|It parted!|Who came?|Nobody…|So it goes.",
        "Dr. Li of the U.S. delegation spoke at 3 p.m. to J. Smith.|Nobody heard.",
        "The group (cf. Rec. F.743.1 and fig. 3) agreed.|The text stands.",
        "Prices rose by 3.5 per cent.|In Geneva they fell.",
        "“Why?” he asked.|“Because.”|She left.",
        "Am 3. März traf sich die Gruppe.|Sie sprach z. B. über Kameras.|Danach ging man.",
        "Il dit « non ».|Mme. Roy part.|M. Roy reste.",
        "«¿Quién vigila?»|Nadie.|¡Basta!",
        "Комитет обсудил стандарт, т.е. проект.|Решения нет.",
        "机场启用人脸识别系统。|专家说：“太快了！”|居民担心；|没有回答？|谁知道",
        "顔認証を導入した。|市は「問題ない。」|反対もある。",
        "هل هذا صحيح؟|نعم.|قالت اللجنة ذلك.",
        "समिति ने कहा।|कोई नहीं आया।",
        "Ils devront patienter jusqu'au 23 février.|Le bilan humain est lourd.",
        "First paragraph without a mark|Second paragraph",
    ],
)
def test_sentences_end_where_a_reader_says(text: str) -> None:
    wanted = text.split("|")
    glued = {"。", "！", "？", "；", "”", "」"}
    joined = wanted[0]
    for before, after in pairwise(wanted):
        newline = before[-1].isalpha()
        space = "\n" if newline else "" if before[-1] in glued and ord(after[0]) > 0x2FFF else " "
        joined += ("" if before.endswith("février.") else space) + after
    assert parted(joined) == wanted


def test_a_wrapped_text_is_read_across_its_lines() -> None:
    text = (
        "The Committee of\nMinisters met in the\nsmall hall and left\nwithout a word. Nobody\nspoke.\n\nA new paragraph"
    )
    assert parted(text) == [text[: text.index(" Nobody")], "Nobody\nspoke.", "A new paragraph"]


def test_lines_of_a_list_are_sentences_of_their_own() -> None:
    assert parted("Agenda:\n- Opening of the meeting\n- Approval of the agenda\n") == [
        "Agenda:",
        "- Opening of the meeting",
        "- Approval of the agenda",
    ]


@given(st.text(alphabet="ab .!?。\n\"'”A1,é字", max_size=300))
@settings(deadline=None)
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    spans = list(sentences(text))
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert "".join("".join(parted(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("unit", ["a", "字", ".", " ", "\n", '"', ". ", " .", "!”", "a,", "\t", "\n ", "...\n", "ا"])
def test_text_without_end_is_parted_in_bounded_time(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    begun = time.process_time()
    spans = list(sentences(text))
    assert time.process_time() - begun < 5
    assert all(end - start <= LONGEST for start, end in spans)


def test_a_sentence_is_cut_at_commas_around_a_place() -> None:
    text = "First there was a report, then the dome camera was switched on, and later everything went dark for good."
    place = (text.index("dome"), text.index("dome") + 4)
    start, end = fitting(text, (0, len(text)), 50, place)
    assert text[start:end] == "then the dome camera was switched on,"


def test_a_sentence_without_commas_is_cut_between_words_and_a_word_anywhere() -> None:
    text = "one two three four five six seven"
    assert text[slice(*fitting(text, (0, len(text)), 12, (14, 18)))] == "four five"
    assert fitting("x" * 50, (0, 50), 10, (20, 23)) == (20, 30)


@given(st.text(alphabet="ab ,;字", min_size=1, max_size=80), st.integers(1, 80), st.data())
@settings(deadline=None)
def test_what_is_cut_fits_and_lies_in_the_sentence(text: str, most: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    start, end = fitting(text, (0, len(text)), most, (at, at + 1))
    assert 0 <= start <= end <= len(text)
    assert end - start <= most
    assert start <= at < end or text[at].isspace()
