"""Which companies a text names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.matching import WatchIndex
from bot.domain.query import Concept
from bot.domain.recognising import Companies
from bot.domain.vocabulary import Vocabulary, spoken
from bot.domain.watches import WatchId
from bot.vocabulary.reading import shipped


@pytest.fixture(scope="module")
def companies() -> Companies:
    return Companies(shipped(), snowball())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Dahua and ZTE showed it.", {"Dahua", "ZTE"}),
        ("海康威视和中兴通讯", {"Hikvision", "ZTE"}),
        ("Компания Хуавэй", {"Huawei"}),
        ("Telefónica joins", {"Telefónica"}),
        ("Intelligent vision systems", set()),  # neither Intellexa nor VisionLabs
        ("The honor of an orange", set()),
        ("The ITU met", set()),
        ("", set()),
    ],
)
def test_names_are_found_in_any_language_and_words_that_look_like_them_are_not(
    companies: Companies, text: str, named: set[str]
) -> None:
    assert set(companies.named(text)) == named


def test_what_a_source_says_of_a_company_is_not_said_again(companies: Companies) -> None:
    entry = Entry(
        key="k",
        kind=Kind.WORK_ITEM,
        title="Surveillance",
        text="Hikvision and Dahua cameras.",
        facts={"supporters": ("Zhejiang Dahua Technology Co., Ltd.",)},
    )
    found = companies.recognised(entry)
    assert found.facts["named"] == ("Hikvision",)
    assert companies.recognised(found) == found
    plain = Entry(key="k", kind=Kind.NEWS, title="Lamps")
    assert companies.recognised(plain) is plain


def test_further_down_in_news_names_are_context(companies: Companies) -> None:
    text = "Words. " * 100 + "Dahua."
    assert "named" not in companies.recognised(Entry(key="k", kind=Kind.NEWS, title="t", text=text)).facts
    assert companies.recognised(Entry(key="k", kind=Kind.DOCUMENT, title="t", text=text)).facts["named"] == ("Dahua",)


WORDINGS = sorted({wording.text for one in shipped().sets.values() if one.company for wording in spoken(one.wordings)})


@pytest.fixture(scope="module")
def index(companies: Companies) -> tuple[WatchIndex, list[str]]:
    """All companies as watches, asked without a look at the text beforehand."""
    sets = companies.sets
    index, names = WatchIndex(snowball(), Vocabulary(sets)), list(sets)
    for number, name in enumerate(names):
        index.put(WatchId(number), Concept(name))
    return index, [sets[name].label for name in names]


def matched(index: tuple[WatchIndex, list[str]], text: str) -> tuple[str, ...]:
    found = index[0].match(Entry(key="", kind=Kind.NEWS, title="", text=text))
    return tuple(index[1][match.watch] for match in found)


def test_the_first_look_overlooks_no_wording(companies: Companies, index: tuple[WatchIndex, list[str]]) -> None:
    texts = [text for wording in WORDINGS for text in (wording, f"The {wording}'s {wording.upper()}, {wording}s.")]
    assert [text for text in texts if companies.named(text) != matched(index, text)] == []


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(WORDINGS) | st.text(max_size=6), max_size=4), st.sampled_from(["", " ", ". ", "的", "ال"])
)
def test_the_first_look_changes_nothing(
    companies: Companies, index: tuple[WatchIndex, list[str]], parts: list[str], between: str
) -> None:
    text = between.join(parts)
    assert companies.named(text) == matched(index, text)


def test_an_acronym_written_against_characters_is_not_overlooked(companies: Companies) -> None:
    assert companies.named("IBM的IBM") == companies.named("IBM 的 IBM") != ()
