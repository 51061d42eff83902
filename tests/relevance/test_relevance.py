"""What single watches find among labelled sentences of 22 languages. `python -m bench.relevance` prints the table."""

from collections import Counter
from collections.abc import Sequence

import pytest

from bench.relevance import (
    CORE,
    FOURTH,
    GOAL,
    HELD_OUT,
    LAST,
    Score,
    Sentence,
    halved,
    read,
    score,
    table,
    watching,
    wrong,
)
from bot.domain.vocabulary import Vocabulary
from bot.vocabulary.reading import shipped

SENTENCES = read()
UNSEEN = read(HELD_OUT)
THIRD = read(LAST)
LEARNED, JUDGED = halved(THIRD)
DESCRIBED = read(FOURTH)
SO_FAR = 0.85
"""Recall below which the core watches never fall, on sentences that the vocabulary was not grown on either."""

UN = {"ar", "en", "es", "fr", "ru", "zh"}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return shipped()


def of(query: str, sentences: Sequence[Sentence] = SENTENCES) -> list[Sentence]:
    return [one for one in sentences if one.query == query]


def test_every_language_and_watch_has_enough_sentences() -> None:
    languages = Counter(one.lang.partition("-")[0] for one in SENTENCES)
    assert len(languages) == 22
    assert min(languages.values()) >= 15
    assert min(languages[lang] for lang in UN) >= 40
    assert all(len(of(query)) >= 220 for query in CORE)
    assert len(of("biometrics")) >= 80


@pytest.mark.parametrize("sentences", [UNSEEN, THIRD], ids=["held_out", "last"])
def test_the_held_out_files_weigh_every_language_alike(sentences: Sequence[Sentence]) -> None:
    counted = Counter((one.lang, one.query, one.wanted) for one in sentences if one.query in CORE)
    assert {lang for lang, _, _ in counted} == {one.lang for one in SENTENCES}
    assert all(times == (7 if wanted else 5) for (_, _, wanted), times in counted.items())


def test_the_fourth_file_weighs_every_language_alike() -> None:
    counted = Counter((one.lang, one.query, one.wanted) for one in DESCRIBED)
    assert {lang for lang, _, _ in counted} == {one.lang for one in SENTENCES}
    assert all(times == (6 if wanted else 4) for (_, _, wanted), times in counted.items())


def test_the_third_file_is_parted_by_lot_and_every_time_alike() -> None:
    assert halved(THIRD) == (LEARNED, JUDGED)
    assert not set(LEARNED) & set(JUDGED)
    assert set(LEARNED) | set(JUDGED) == set(THIRD)
    assert abs(len(LEARNED) - len(JUDGED)) < len(THIRD) / 20


def test_the_held_out_file_has_the_wider_watch_too() -> None:
    assert len(of("biometrics", UNSEEN)) >= 36


@pytest.mark.parametrize(
    "sentences", [SENTENCES, UNSEEN, THIRD, DESCRIBED], ids=["sentences", "held_out", "last", "fourth"]
)
def test_labels_are_mixed_in_every_language(sentences: Sequence[Sentence]) -> None:
    for lang in {one.lang for one in sentences}:
        for query in CORE:
            assert {one.wanted for one in of(query, sentences) if one.lang == lang} == {True, False}, (query, lang)


@pytest.mark.parametrize(
    "sentences", [SENTENCES, UNSEEN, THIRD, DESCRIBED], ids=["sentences", "held_out", "last", "fourth"]
)
def test_no_sentence_stands_twice(sentences: Sequence[Sentence]) -> None:
    counted = Counter((one.query, one.text) for one in sentences)
    assert [text for text, times in counted.items() if times > 1] == []


def test_hidden_signs_are_read() -> None:
    assert any("\u00ad" in one.text for one in SENTENCES)
    assert not any("\\u" in one.text for one in SENTENCES)


def test_a_score_counts_what_was_missed_and_what_was_noise() -> None:
    wanted, other = (Sentence(query="x", lang="en", wanted=label, text=str(label)) for label in (True, False))
    assert score([wanted, other], lambda _, entry: entry.title == "True") == Score(1, (), ())
    assert score([wanted, other], lambda _, entry: entry.title == "False") == Score(0, (wanted,), (other,))
    assert (Score(3, (wanted,), ()).recall, Score(3, (wanted,), ()).precision) == (0.75, 1.0)
    assert (Score(1, (), (other,)).recall, Score(1, (), (other,)).precision) == (1.0, 0.5)


def test_the_report_has_a_line_for_every_watch_and_language() -> None:
    report = "\n".join(table(SENTENCES, {"plain words": watching({one.query for one in SENTENCES})}))
    for name in {one.query for one in SENTENCES} | {one.lang for one in SENTENCES}:
        assert f"\n{name} " in report


@pytest.mark.parametrize("query", CORE)
def test_plain_words_alone_find_little_of_what_other_languages_say(query: str) -> None:
    found = score(of(query), watching([query]))
    assert 0 < found.recall < 0.1, found.recall


@pytest.mark.parametrize("query", CORE)
@pytest.mark.parametrize(
    "sentences",
    [SENTENCES, UNSEEN, LEARNED, JUDGED, DESCRIBED],
    ids=["sentences", "held_out", "learned", "judged", "fourth"],
)
def test_little_of_what_the_vocabulary_finds_is_noise(
    query: str, sentences: Sequence[Sentence], vocabulary: Vocabulary
) -> None:
    found = score(of(query, sentences), watching([query], vocabulary))
    assert found.recall >= SO_FAR, found.recall
    assert found.precision >= GOAL, found.precision


@pytest.mark.parametrize("query", CORE)
def test_the_vocabulary_finds_what_a_reader_wants(query: str, vocabulary: Vocabulary) -> None:
    found = score(of(query), watching([query], vocabulary))
    assert found.recall >= GOAL, "\n".join(wrong(found))
