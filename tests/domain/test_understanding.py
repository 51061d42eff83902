"""What typed words mean to a team that has a vocabulary."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import QueryError
from bot.domain.query import Concept, walk
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, recognised, understood
from bot.domain.vocabulary import Confidence, TermSet, Vocabulary, Wording


def a_set(name: str, *wordings: Wording | str) -> TermSet:
    texts = (one if isinstance(one, Wording) else Wording(text=one) for one in wordings)
    return TermSet(name=name, label=name, wordings=tuple(texts))


LOW = Wording(text="faceprint", confidence=Confidence.LOW)
STREET = Wording(text="大华", ambiguous=True)
SHIPPED = Vocabulary(
    {
        one.name: one
        for one in (
            a_set("facial-recognition", "facial recognition", "人脸识别", "reconnaissance faciale", LOW),
            a_set("live-faces", "live facial recognition"),
            a_set("dahua", "Dahua", STREET),
            a_set("privacy", "privacy"),
        )
    }
)
OWN = {"lamps": a_set("lamps", "smart lamp", "智慧灯杆"), "dahua": a_set("dahua", "Imou")}
LEXICON = Lexicon(SHIPPED, OWN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("facial recognition", "@facial-recognition"),
        ("Facial-Recognition", "@facial-recognition"),
        ("人脸识别", "@facial-recognition"),
        ("live facial recognition", "@live-faces"),
        ("facial recognition schools", "@facial-recognition AND schools"),
        ("the facial recognition of the", "@facial-recognition"),
        ("police facial recognition at borders", "@facial-recognition AND police at borders"),
        ("facial recognition, privacy", "@facial-recognition, @privacy"),
        ("privacies", "privacies"),
        ("title:(facial recognition)", "title:@facial-recognition"),
        ("group:privacy", "group:privacy"),
        ("cameras NOT privacy", "cameras NOT @privacy"),
        ("facial recognition NEAR/3 (police, privacy)", "@facial-recognition NEAR/3 (police, @privacy)"),
        ("facial recognition police NEAR/3 x", "facial recognition police NEAR/3 x"),
        ('"facial recognition"', '"facial recognition"'),
        ('="facial recognition"', '="facial recognition"'),
        ("facial* recognition", "facial* AND recognition"),
        ("faceprint", "faceprint"),
        ("大华", '@dahua, "Imou", 大华'),
        ("大华 人脸识别", '@facial-recognition AND (@dahua, "Imou", 大华)'),
        ("大华 NEAR/3 police", '(@dahua, "Imou", 大华) NEAR/3 police'),
        ("大华 cameras", "大华 cameras"),
        ("人脸 识别", "@facial-recognition"),
        ("人 脸　识别 schools", "@facial-recognition AND schools"),
        ("RFC 9110", "RFC 9110, RFC9110"),
        ("sg 17 td 4 privacy", "@privacy AND (sg 17 td 4, sg17 td4)"),
        ("RFC 9110 NEAR/3 x", "(RFC 9110, RFC9110) NEAR/3 x"),
        ("ISO/IEC JTC 1/SC 37", "ISO/IEC JTC 1/SC 37, ISO/IEC JTC1/SC37"),
        ("TS 33.501", "TS 33.501, TS33.501"),
        ("TS 33x", "TS 33x"),
        ("cameras 2026", "cameras 2026"),
        ("since 2026 of 12", "since 2026 of 12"),
        ('"RFC 9110"', '"RFC 9110"'),
        ("@privacy", "@privacy"),
        ("smart lamps", '"smart lamp", "智慧灯杆"'),
        ("@lamps AND @privacy", '("smart lamp", "智慧灯杆") AND @privacy'),
        ("dahua", '@dahua, "Imou"'),
        ("@lamps, smart lamp, @lamps", '"smart lamp", "智慧灯杆"'),
        ("privacy AND privacy", "@privacy"),
    ],
)
def test_known_bare_words_mean_their_set_and_all_others_themselves(typed: str, meant: str) -> None:
    assert str(understood(parse(typed), LEXICON)) == str(parse(meant))


def test_without_a_vocabulary_words_mean_themselves() -> None:
    query = parse("facial recognition AND privacy")
    assert understood(query, Lexicon()) == query


def test_a_name_that_nobody_defined_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(QueryError, match="no concept @privcy") as refused:
        understood(parse("camera AND @privcy"), LEXICON)
    assert "@privacy" in refused.value.remedy


def test_the_sets_that_a_query_means_are_told_in_order_and_once() -> None:
    assert recognised(parse("privacy, facial recognition AND smart lamps, privacy"), LEXICON) == (
        "privacy",
        "facial-recognition",
        "lamps",
    )


WORDS = st.sampled_from(
    ["facial", "recognition", "live", "privacy", "of", "人脸识别", "smart", "lamp", "dahua", "camera"]
)


@given(st.lists(WORDS, min_size=1, max_size=30))
@settings(deadline=None)
def test_every_set_that_is_meant_was_typed_and_every_single_word_that_is_known_is_meant(words: list[str]) -> None:
    text = " ".join(words)
    meant = recognised(parse(text), LEXICON)
    said = {name: [one.text.lower() for one in held.wordings] for name, held in {**OWN, **SHIPPED.sets}.items()}
    assert all(any(wording in text for wording in said[name]) for name in meant)
    for word, name in (("privacy", "privacy"), ("人脸识别", "facial-recognition"), ("dahua", "dahua")):
        assert (word not in words) or name in meant


@given(st.lists(WORDS, min_size=1, max_size=12))
@settings(deadline=None)
def test_nothing_but_shipped_sets_is_left_to_the_index(words: list[str]) -> None:
    meant = understood(parse(" ".join(words)), LEXICON)
    assert all(node.name in SHIPPED.sets for node in walk(meant) if isinstance(node, Concept))


def test_a_query_that_would_be_spelt_out_without_end_is_refused() -> None:
    large = {"lamps": a_set("lamps", *(f"lamp {number}" for number in range(200)))}
    lexicon = Lexicon(SHIPPED, large)
    understood(parse(", ".join(f"@lamps AND x{number}" for number in range(20))), lexicon)
    with pytest.raises(QueryError, match="more than 4,000 wordings"):
        understood(parse(", ".join(f"@lamps AND x{number}" for number in range(21))), lexicon)


@pytest.mark.parametrize(
    "typed",
    [" ".join(f"w{number}" for number in range(200)), "facial recognition privacy " * 60, "ﷺ" * 1_900, "人 " * 190],
    ids=["no known word", "known words", "ligatures", "characters apart"],
)
def test_a_hostile_query_is_understood_at_once(typed: str) -> None:
    query, lexicon = parse(typed), Lexicon(SHIPPED, OWN)
    understood(query, lexicon)
    took = []
    for _ in range(3):
        begun = process_time()
        understood(query, lexicon)
        took.append(process_time() - begun)
    assert min(took) < 0.025
