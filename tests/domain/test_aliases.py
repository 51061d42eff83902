import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.aliases import Aliases, known_names
from bot.domain.vocabulary import Confidence, TermSet, Vocabulary, Wording

VOCABULARY = Vocabulary(
    {
        "zte": TermSet(
            name="zte", label="ZTE", company=True, wordings=(Wording(text="ZTE"), Wording(text="中兴", lang="zh"))
        ),
        "facial-recognition": TermSet(
            name="facial-recognition",
            label="Facial recognition",
            wordings=(
                Wording(text="facial recognition", lang="en"),
                Wording(text="распознавание лиц", lang="ru"),
                Wording(text="人脸识别", lang="zh"),
                Wording(text="face", lang="en", confidence=Confidence.LOW),
                Wording(text="visa", lang="tr"),
            ),
        ),
        "iot": TermSet(name="iot", label="IoT", wordings=(Wording(text="IoT", lang="en", exact=True),)),
    }
)


@pytest.fixture(scope="module")
def aliases() -> Aliases:
    return Aliases(known_names(VOCABULARY))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ZTE tables facial-recognition standards", ["@zte", "table", "@facial-recognition", "standa"]),
        ("中兴人脸识别标准草案", ["@zte", "@facial-recognition", "标准", "准草", "草案"]),
        ("Система распознавания лиц", ["систем", "@facial-recognition"]),
        ("The IoT, not an iot", ["@iot", "iot"]),
        ("Cameras and a camera", ["camera", "camera"]),
        ("visa for a face", ["visa", "face"]),
        ("", []),
        ("of the", []),
    ],
)
def test_names_are_one_term_in_any_language_and_words_are_cut(aliases: Aliases, text: str, terms: list[str]) -> None:
    assert aliases.terms(text) == terms


@pytest.mark.parametrize("text", ["in Moscow", "в Москве", "在莫斯科", "モスクワで", "بموسكو", "à Moscou"])
def test_a_town_stands_for_its_country_too(aliases: Aliases, text: str) -> None:
    assert [term for term in aliases.terms(text) if term[0] == "#"] == ["#russia", "#moscow"]


@pytest.mark.parametrize(
    "text",
    [
        "2.3 billion",
        "2,3 Milliarden",
        "23亿",
        "2,3 млрд",
        "2,3 milliards",
        "2 300 millions",
        "2.300 Mio",
        "2,300,000,000",
    ],
)
def test_an_amount_is_one_number_however_it_is_written(aliases: Aliases, text: str) -> None:
    assert aliases.terms(text) == ["2300000000"]


def test_capitals_that_are_words_elsewhere_are_no_places(aliases: Aliases) -> None:
    assert aliases.terms("Tell us about the US") == ["tell", "us", "#usa"]


@given(st.text(max_size=200) | st.text(alphabet="0123456789., million亿万", max_size=2_000))
@settings(deadline=None)
def test_any_text_has_terms_that_say_something(text: str) -> None:
    assert all(Aliases().terms(text))
