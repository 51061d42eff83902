"""What single watches find among labelled sentences of 22 languages. `python -m bench.relevance` prints the table."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.relevance import (
    ALL,
    CORE,
    EIGHTH,
    FIFTH,
    FOURTH,
    GOAL,
    HALVED,
    HELD_OUT,
    LAST,
    NINTH,
    SEVENTH,
    SIXTH,
    Answers,
    Score,
    Sentence,
    halved,
    parts,
    read,
    score,
    table,
    watching,
    wrong,
)
from bot.vocabulary.reading import shipped

SENTENCES = read()
UNSEEN = read(HELD_OUT)
FILES = {path.stem: read(path) for path in ALL}
PARTS = dict(part for path in ALL for part in parts(path))
SO_FAR = 0.92
"""Recall below which the core watches never fall."""
HARDEST = 0.85
"""The same on sentences that hardly name the thing, and that the vocabulary was not grown on."""

UN = {"ar", "en", "es", "fr", "ru", "zh"}


@pytest.fixture(scope="module")
def known() -> Answers:
    return watching(CORE, shipped())


def of(query: str, sentences: Sequence[Sentence] = SENTENCES) -> list[Sentence]:
    return [one for one in sentences if one.query == query]


def test_every_language_and_watch_has_enough_sentences() -> None:
    languages = Counter(one.lang.partition("-")[0] for one in SENTENCES)
    assert len(languages) == 22
    assert min(languages.values()) >= 15
    assert min(languages[lang] for lang in UN) >= 40
    assert all(len(of(query)) >= 220 for query in CORE)
    assert len(of("biometrics")) >= 80


@pytest.mark.parametrize(
    ("path", "wanted", "others"),
    [
        *((HELD_OUT, 7, 5), (LAST, 7, 5), (FOURTH, 6, 4), (FIFTH, 4, 3), (SIXTH, 4, 3)),
        *((SEVENTH, 4, 3), (EIGHTH, 4, 3), (NINTH, 4, 3)),
    ],
)
def test_the_held_out_files_weigh_every_language_alike(path: Path, wanted: int, others: int) -> None:
    counted = Counter((one.lang, one.query, one.wanted) for one in read(path) if one.query in CORE)
    assert {lang.partition("-")[0] for lang, _, _ in counted} == {one.lang.partition("-")[0] for one in SENTENCES}
    assert all(times == (wanted if label else others) for (_, _, label), times in counted.items())


@pytest.mark.parametrize("path", HALVED)
def test_files_are_parted_by_lot_and_every_time_alike(path: Path) -> None:
    sentences = read(path)
    learned, judged = halved(sentences)
    assert halved(sentences) == (learned, judged)
    assert not set(learned) & set(judged)
    assert set(learned) | set(judged) == set(sentences)
    assert abs(len(learned) - len(judged)) < len(sentences) / 20


def test_the_held_out_file_has_the_wider_watch_too() -> None:
    assert len(of("biometrics", UNSEEN)) >= 36


@pytest.mark.parametrize("sentences", FILES.values(), ids=FILES.keys())
def test_labels_are_mixed_in_every_language(sentences: Sequence[Sentence]) -> None:
    for lang in {one.lang for one in sentences}:
        for query in CORE:
            assert {one.wanted for one in of(query, sentences) if one.lang == lang} == {True, False}, (query, lang)


@pytest.mark.parametrize("sentences", FILES.values(), ids=FILES.keys())
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
@pytest.mark.parametrize("part", PARTS)
def test_little_of_what_the_vocabulary_finds_is_noise(query: str, part: str, known: Answers) -> None:
    found = score(of(query, PARTS[part]), known)
    assert found.recall >= (HARDEST if part.endswith("unseen half") else SO_FAR), found.recall
    assert found.precision >= GOAL, found.precision


@pytest.mark.parametrize("query", CORE)
def test_the_vocabulary_finds_what_a_reader_wants(query: str, known: Answers) -> None:
    found = score(of(query), known)
    assert found.recall >= GOAL, "\n".join(wrong(found))


@pytest.mark.parametrize("query", CORE)
def test_it_finds_nearly_all_that_an_author_wrote_who_never_saw_it(query: str, known: Answers) -> None:
    found = score(of(query, read(NINTH)), known)
    assert min(found.recall, found.precision) >= GOAL, (found.recall, found.precision)
