"""A query said in plain words."""

import pytest

from bot.domain.query_parser import parse
from bot.domain.query_words import describe


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
    ],
)
def test_a_query_is_described(query: str, said: str) -> None:
    assert describe(parse(query)) == said
