"""Letters that readers take for the same, and tokens that know their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.analysis import Gap, gap, read, token
from bot.domain.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FACE", "face"),
        ("Straße", "STRASSE"),
        ("Überwachung", "Uberwachung"),
        ("données", "donne\u0301es"),
        ("İSTANBUL", "istanbul"),
        ("TANIMA", "tanıma"),
        ("Ёлка", "елка"),
        ("smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("cœur", "coeur"),
        ("फ़ोन", "फोन"),
        ("आँख", "आंख"),
        ("पकड़ा", "पकडा"),
        ("ﬁngerprint", "fingerprint"),
        ("ＣＣＴＶ", "cctv"),
        ("sur\u00adveil\u200blance", "surveillance"),
        ("التعرّف", "التعرف"),
        ("إدارة", "اداره"),
        ("مراقبـــة", "مراقبه"),
        ("على", "علي"),
        ("کاميرا", "كاميرا"),
        ("ｶﾞ", "ガ"),
        ("か\u3099", "が"),
        ("αναγνώριση", "ΑΝΑΓΝΩΡΙΣΗ"),
        ("ве\u0301рсия", "версия"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_two_ways_of_writing_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("人脸", "人臉"), ("й", "и"), ("हिंदी", "हद"), ("각", "가")])
def test_different_letters_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=40))
@settings(deadline=None, max_examples=200)
def test_tokens_stand_where_the_text_has_them(text: str) -> None:
    passage = read(text)
    end = 0
    for raw, (start, stop) in zip(passage.raws, passage.spans, strict=True):
        assert end <= start < stop
        assert text[start:stop] == raw
        assert token(raw).word
        end = stop
    assert len(passage.gaps) == len(passage.raws)


@given(st.text(st.characters(codec="ascii"), max_size=40))
@settings(deadline=None, max_examples=100)
def test_ascii_takes_the_short_way_to_the_same_end(text: str) -> None:
    assert fold(text) == fold(f"{text}\u200b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ITU's ITU-T", ["itu", "s", "itu", "t"]),
        ("the U.S. and A.I.", ["the", "us", "and", "ai"]),
        ("C++, C#, Face++ #tag", ["c++", "c#", "face++", "tag"]),
        ("中国AI技术", ["中", "国", "ai", "技", "术"]),
        ("निगरानी में", ["निगरानी", "में"]),
        ("l\u2019identification", ["l", "identification"]),
        ("snake_case", ["snake", "case"]),
        ("얼굴 인식", ["얼굴", "인식"]),
    ],
)
def test_a_text_is_cut_into(text: str, words: list[str]) -> None:
    assert [token(raw).word for raw in read(text).raws] == words


@pytest.mark.parametrize(
    ("between", "kind"),
    [
        ("", Gap.JOINED),
        (" ", Gap.JOINED),
        ("\u3000", Gap.JOINED),
        ("\n", Gap.JOINED),
        ("\n\n", Gap.BREAK),
        ("-", Gap.GLUE),
        (" – ", Gap.GLUE),
        (' "', Gap.GLUE),
        (", ", Gap.BREAK),
        (". ", Gap.BREAK),
        ("，", Gap.BREAK),
        ("。", Gap.BREAK),
        ("، ", Gap.BREAK),
        (" (", Gap.BREAK),
        (": ", Gap.BREAK),
    ],
)
def test_what_stands_between_words_joins_or_parts_them(between: str, kind: Gap) -> None:
    assert gap(between) is kind
