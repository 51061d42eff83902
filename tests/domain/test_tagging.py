"""What a set's cover accepts meets what the set needs to be tagged."""

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.language.stems import snowball
from bot.domain.analysis import raws
from bot.domain.covering import READ_AS, Keys, covers, keys, named
from bot.domain.entries import Entry, Kind
from bot.domain.tagging import Needs, needs
from bot.domain.vocabulary import Nearby, TermSet, Wording
from bot.vocabulary.reading import shipped

STEM = snowball()
SAID = (
    ("en", "facial recognition"),
    ("en", "CCTV"),
    ("fr", "réseaux de caméras"),
    ("de", "Videoüberwachung"),
    ("es", "reconocimiento de rostros"),
    ("it", "sorveglianza"),
    ("pt", "identificação"),
    ("nl", "gezichtsherkenning"),
    ("sv", "ansiktsigenkänning"),
    ("pl", "rozpoznawanie twarzy"),
    ("tr", "yüz tanıma"),
    ("ru", "распознавание лиц"),
    ("el", "αναγνώριση προσώπου"),
    ("ar", "التعرف على الوجوه"),
    ("he", "זיהוי פנים"),
    ("hi", "चेहरा पहचान"),
    ("ko", "얼굴 인식"),
    ("zh", "人脸识别"),
    ("ja", "顔認証システム"),
    ("th", "การจดจำใบหน้า"),
)
RULES = (Nearby(left=("recogni*", "识别", "match of"), right=("face", "the faces", "脸"), within=4),)
SAMPLE = TermSet(
    name="sample",
    label="Sample",
    wordings=tuple(Wording(text=text, lang=lang, exact=text.isupper()) for lang, text in SAID),
    nearby=RULES,
)
FIRM = TermSet(
    name="firm",
    label="Firm",
    company=True,
    wordings=(Wording(text="Orange S.A.", lang="fr"), Wording(text="Дахуа", lang="ru")),
)


def meets(several: tuple[Needs, ...], found: Keys) -> bool:
    held = (*found.words, *found.pairs)
    return any(all(any(form.accepts(key) for form in word.forms for key in held) for word in one) for one in several)


def test_what_sets_ask_for_is_what_stored_tags_were_made_by() -> None:
    forms = (form for each in (SAMPLE, FIRM) for one in needs(each, STEM) for word in one for form in word.forms)
    asked = repr([(form.stem, form.tail, sorted(form.endings or ()), form.inside) for form in forms])
    assert (READ_AS, sha256(asked.encode()).hexdigest()[:12]) == ("1", "98c5d76c02e9"), (
        "the same sets ask for other words: raise READ_AS, so that stores tag their entries anew, and note both here"
    )


PIECES = [*(raw for _, text in SAID for raw in raws(text)), "recognises", "faces", "match", "of", "the", "Orange", "SA"]


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(("", " ", "-")))
@settings(deadline=None, max_examples=200)
def test_what_is_covered_meets_the_needs(pieces: list[str], glue: str) -> None:
    found = keys(Entry(key="k", kind=Kind.NEWS, title=glue.join(pieces)))
    for each in (SAMPLE, FIRM):
        assert meets(needs(each, STEM), found) or not covers(named(each, STEM), found)


@pytest.mark.slow
def test_every_shipped_wording_meets_the_needs_of_its_set() -> None:
    chance = Random(7)
    for termset in chance.sample([*shipped().sets.values()], 40):
        several, whole = needs(termset, STEM), named(termset, STEM)
        for wording in chance.sample(termset.wordings, min(3, len(termset.wordings))):
            found = keys(Entry(key="k", kind=Kind.NEWS, title=f"a {wording.text} b"))
            assert meets(several, found) or not covers(whole, found), (termset.name, wording.text)


def test_a_set_of_nothing_needs_what_no_entry_has() -> None:
    assert needs(TermSet(name="empty", label="Empty"), STEM) == ()
