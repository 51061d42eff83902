"""Clues of sets sleep until a word is met that begins as one of theirs: none may oversleep."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.language.stems import snowball
from bot.domain import terms
from bot.domain.clues import Sought, cancelling, diverting, sought
from bot.domain.entries import Entry, Kind
from bot.domain.folding import fold
from bot.domain.inflection import LETTERS, PLAIN, beginnings, forms, languages
from bot.domain.matching import WatchIndex
from bot.domain.query import Concept
from bot.domain.watches import WatchId
from bot.vocabulary.reading import shipped

STEM = snowball()


@given(
    st.text("abcdeghilnorstuzàäéíñöøüßαςηидияאבה人", min_size=1, max_size=14)
    | st.sampled_from(["Überwachungskameras", "ueberwachung", "afgeluisterd", "προιοντα", "المراقبة", "parties"]),
    st.sampled_from([*((lang,) for lang in (*LETTERS, "en", "ru", "ar", "el")), PLAIN, None]),
)
@settings(deadline=None, max_examples=500)
def test_all_forms_of_a_word_begin_as_was_said(word: str, langs: tuple[str, ...] | None) -> None:
    langs = langs or languages(word)
    begun = tuple(beginnings(word, langs, STEM))  # type: ignore[arg-type]  # functions hash
    assert all(form.stem.startswith(begun) for form in forms(word, langs, STEM) if not form.inside or "" in begun)
    assert "" in begun or not any(form.inside for form in forms(word, langs, STEM))


def overslept(clues: Sought) -> list[str]:
    """Return the texts of which a reading has no word that begins, in all its forms, as the text is filed."""
    heads: dict[tuple[int, str], tuple[str, ...]] = {}
    for head, ways in clues.ways.items():
        for way in ways:
            heads[way] = (*heads.get(way, ()), head)
    return [
        text
        for (number, text), begun in heads.items()
        for reading in clues.readings(clues.sources[number], text)
        if not any(_begins(part.test, begun) for part in reading.sequence())
    ]


def _begins(test: terms.Test, begun: tuple[str, ...]) -> bool:
    stems = [form.stem for form in test.forms] or [fold(test.acronym).replace(".", "")]
    inside = any(form.inside for form in test.forms)
    return "" in begun or (not inside and all(stem.startswith(begun) for stem in stems))


@pytest.mark.parametrize("name", ["facial-recognition", "video-surveillance", "encryption", "dahua", "huawei"])
def test_every_clue_that_ships_wakes_by_a_word_that_it_needs(name: str) -> None:
    termset = shipped().sets[name]
    assert [overslept(clues(termset, STEM)) for clues in (sought, cancelling, diverting)] == [[], [], []]


def test_a_set_that_comes_late_is_found_in_words_that_were_met_before() -> None:
    index = WatchIndex(STEM, shipped())
    texts = ["Faces recognised by police", "人脸识别系统", "تقنية التعرف على الوجوه", "Gesichtserkennung am Bahnhof"]
    entries = [Entry(key=text, kind=Kind.NEWS, title=text) for text in texts]
    assert [index.match(entry) for entry in entries] == [[]] * len(texts)
    for _ in range(2):
        index.put(WatchId(1), Concept("facial-recognition"))
        assert [len(index.match(entry)) for entry in entries] == [1] * len(texts)
        index.drop(WatchId(1))
        assert [index.match(entry) for entry in entries] == [[]] * len(texts)
        assert not index.tests.probes
