"""The stemming port by Snowball."""

import pytest
from snowballstemmer import algorithms

from adapters.language.stems import ALGORITHMS, LONGEST, MOST_TAGS, snowball


@pytest.mark.parametrize(
    ("word", "lang", "stem"),
    [
        ("recognitions", "en", "recognit"),
        ("faciales", "fr", "facial"),
        ("распознавания", "ru", "распознаван"),
        ("erkennungen", "de", "erkenn"),
        ("erkennungen", "de-AT", "erkenn"),
        ("التعرف", "ar", "تعرف"),
    ],
)
def test_a_word_is_stemmed_in_its_language(word: str, lang: str, stem: str) -> None:
    assert snowball()(word, lang) == stem


def test_an_unknown_language_leaves_the_word() -> None:
    assert snowball()("顔認証", "ja") == "顔認証"


def test_what_is_too_long_for_a_word_is_left_alone() -> None:
    assert snowball()("running" * LONGEST, "en") == "running" * LONGEST


def test_every_algorithm_is_there() -> None:
    assert set(ALGORITHMS.values()) <= set(algorithms())


def test_tags_without_end_are_stemmed_as_well_as_a_few() -> None:
    stem = snowball()
    assert {stem("cats", f"en-{number}") for number in range(MOST_TAGS * 2)} == {"cat"}
