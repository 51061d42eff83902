"""A query said in plain words."""

import pytest

from bot.domain.query_parser import parse
from bot.domain.query_words import describe, mistaken


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("camera", "“camera”"),
        ("facial recognition", "“facial recognition” (all within 8 words, in any order)"),
        ('"smart lamp", =ZTE', "the phrase “smart lamp”, or exactly “ZTE”"),
        ("camera AND title:(a, b) NOT toy", "“camera”, and (“a”, or “b”) in the title, and not “toy”"),
        ("surveil* NEAR/1 *kamera*", "words beginning with “surveil” within one word of words that contain “kamera”"),
        ("@dahua group:SG21", "the concept @dahua, and of the group “SG21”"),
        ("x kind:(news, work-item)", "“x”, and only news or work items"),
        ("number:F.743.* since:2026-01-31 lang:fr", "numbered F.743.…, and since 2026-01-31, and in the language fr"),
        ("a AND b, c", "(“a”, and “b”), or “c”"),
        ("a NEAR/3 (b NEAR/4 c)", "“a” within 3 words of (“b” within 4 words of “c”)"),
        ("a NOT b NEAR/2 c", "“a”, and not (“b” within 2 words of “c”)"),
    ],
)
def test_a_query_is_described(query: str, said: str) -> None:
    assert describe(parse(query)) == said


@pytest.mark.parametrize("query", ["camera or police", "Kamera ODER Polizei", "caméra ou drone", "title:(a или b)"])
def test_a_word_that_was_meant_to_part_alternatives_is_pointed_out(query: str) -> None:
    assert "OR in capitals" in mistaken(parse(query))


def test_a_word_that_was_meant_to_leave_out_is_pointed_out() -> None:
    assert mistaken(parse("camera not toy")) == (
        "“not” is looked for as a word: NOT in capitals leaves out what follows."
    )


@pytest.mark.parametrize(
    "query", ["camera OR police", '"camera or police"', "or", "camera and police", "camera NOT toy"]
)
def test_operators_and_quoted_words_are_not_pointed_out(query: str) -> None:
    assert mistaken(parse(query)) == ""
