"""What the matcher accepts, the cover accepts: a search can leave out nothing that an alert would tell."""

from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from adapters.language.stems import snowball
from bot.domain.covering import EVERYTHING, All, Some, Word, cover, covers, keys
from bot.domain.entries import Entry, Kind
from bot.domain.inflection import Form
from bot.domain.matching import Context, matches
from bot.domain.query import (
    Concept,
    Exact,
    Inside,
    Is,
    Near,
    Phrase,
    Prefix,
    Query,
    Within,
    Words,
    all_of,
    any_of,
    none_of,
)
from bot.domain.query_parser import parse
from bot.domain.vocabulary import NO_VOCABULARY, Confidence
from bot.vocabulary.reading import shipped

STEM = snowball()
CONTEXT = Context(source_id="itu", source_name="ITU news", body="ITU", lang="en")
WRITTEN = (
    *("camera", "cameras", "Camera", "recognition", "recognise", "police", "policies", "ZTE", "ZTEs", "zte", "AI"),
    *("of", "the", "C++", "U.S.", "H.264", "SG17", "SG", "17", "Q7/21", "naïve", "straße", "STRASSE", "ﷺ", "１２"),
    *("Gesichtserkennung", "Gesichtserkennungssoftware", "Videoüberwachung", "überwacht", "Kameras"),
    *("reconnaissance", "faciale", "caméras", "камеры", "камера", "распознавание", "лиц", "ёж"),
    *("人", "脸", "识", "别", "人脸", "人脸识别", "顔認証", "カメラ", "ｶﾒﾗ", "ガ", "ｶﾞ", "จดจำใบหน้า", "㆒", "一"),
    *("المراقبة", "بالكاميرات", "والوجوه", "كاميرا", "وجه", "الذكاء", "얼굴인식", "얼굴", "얼굴을", "yüz", "tanıma"),
    *("τεχνολογία", "चेहरा", "प्रौद्योगिकी", "biometric", "biometrics", "biometrische", "a", "x1096", "X.1096"),
)
GAPS = ("", " ", " ", " ", "-", ", ", ". ", "/", "\n", "’", "\u00ad", "・", "_")
TEXT = st.lists(st.tuples(st.sampled_from(WRITTEN), st.sampled_from(GAPS)), max_size=12).map(
    lambda pieces: "".join(word + gap for word, gap in pieces)
)
ENTRIES = st.builds(
    lambda title, text, number, group, place, kind: Entry(
        key="k",
        kind=kind,
        title=title,
        text=text,
        place=place,
        group=group,
        facts={"number": number, "question": "Q7/21", "company": ("ZTE", "Camera AG"), "stage": "police"},
    ),
    TEXT,
    TEXT,
    st.sampled_from(("", "X.1096", "X.1096 (ex X.bvm)", "H.264")),
    st.sampled_from((None, "SG17", "SG 17", "WP1/17")),
    st.sampled_from((None, "Genève", "人民")),
    st.sampled_from(Kind),
)
words = st.sampled_from([word for word in WRITTEN if word not in {"U.S.", "ﷺ"}])
several = st.lists(words, min_size=1, max_size=3)
leaves: st.SearchStrategy[Query] = st.one_of(
    several.map(lambda found: Words(tuple(found))),
    several.map(lambda found: Phrase(" ".join(found))),
    several.map(lambda found: Phrase("".join(found))),
    words.map(Exact),
    words.map(lambda word: Prefix(word[:4])),
    words.map(lambda word: Inside(word[-4:])),
)
values: st.SearchStrategy[Query] = st.one_of(
    st.lists(st.sampled_from([*Kind]), min_size=1, max_size=2).map(lambda kinds: Is("kind", tuple(kinds))),
    st.sampled_from(("X.1096", "x.10*", "X.bvm", "h.264")).map(lambda number: Is("number", (number,))),
    st.just(Is("lang", ("en",))),
)
fields = st.sampled_from(("title", "text", "source", "body", "group", "question", "company", "stage", "place"))
near = leaves | st.lists(leaves, min_size=2, max_size=2).map(any_of)
queries = st.recursive(
    leaves | values,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(all_of),
        st.lists(parts, min_size=2, max_size=3).map(any_of),
        st.builds(Near, near, leaves, st.integers(1, 9)),
        st.builds(Within, fields, parts),
        parts.map(none_of),
    ),
    max_leaves=6,
)


@given(queries, ENTRIES)
@settings(deadline=None, max_examples=200)
def test_whatever_matches_is_covered(query: Query, entry: Entry) -> None:
    matched = matches(query, entry, CONTEXT, STEM) is not None
    covered = covers(cover(query, STEM, NO_VOCABULARY), keys(entry))
    event(f"matched {matched}, covered {covered}")
    assert covered or not matched


@given(leaves, ENTRIES)
@settings(deadline=None, max_examples=200)
def test_whatever_a_single_term_matches_is_covered(query: Query, entry: Entry) -> None:
    if matches(query, entry, CONTEXT, STEM) is not None:
        assert covers(cover(query, STEM, NO_VOCABULARY), keys(entry))


@pytest.mark.parametrize(
    ("typed", "text", "covered"),
    [
        ("camera, police", "Two cameras", True),
        ("camera AND police", "Two cameras", False),
        ("camera police", "The policeman's cameras", True),
        ("camera NOT police", "Police camera", True),
        ('"facial recognition"', "recognition of what is facial", True),
        ("人脸识别", "人脸识别", True),
        ("人脸识别", "识别人脸", False),
        ("*erkennung*", "Gesichtserkennungssoftware", True),
        ("surveil*", "surveillance", True),
        ("surveil*", "survey", False),
        ("kind:meeting", "anything", False),
        ("kind:(news, meeting)", "anything", True),
        ('="AI Act"', "the ai act", True),
    ],
)
def test_a_cover_asks_for_words_and_not_for_order(typed: str, text: str, *, covered: bool) -> None:
    entry = Entry(key="k", kind=Kind.NEWS, title="", text=text)
    assert covers(cover(parse(typed), STEM, NO_VOCABULARY), keys(entry)) is covered


@pytest.mark.parametrize(
    "query",
    [
        Is("lang", ("en",)),
        Is("since", ("2026-01-01",)),
        Within("source", Phrase("itu")),
        any_of([Phrase("camera"), Within("body", Phrase("itu"))]),
        none_of(Phrase("camera")),
    ],
)
def test_what_words_do_not_decide_is_looked_for_everywhere(query: Query) -> None:
    assert cover(query, STEM, NO_VOCABULARY) == EVERYTHING


VOCABULARY = shipped()


@pytest.mark.slow
@given(
    st.sampled_from(sorted(VOCABULARY.sets)),
    st.lists(st.sampled_from(GAPS[1:]), min_size=9, max_size=9),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=60)
def test_whatever_a_set_matches_is_covered(name: str, gaps: list[str], chance: Random) -> None:
    """Texts are made of what some sets are called, cut and put together anew."""
    chosen = [VOCABULARY.sets[name], VOCABULARY.sets[chance.choice(sorted(VOCABULARY.sets))]]
    said = [one.text for termset in chosen for one in termset.wordings]
    said += [word.rstrip("*") for termset in chosen for rule in termset.nearby for side in rule.sides for word in side]
    pieces = [piece for text in chance.choices(said, k=4) for piece in (text, *text.split()[:1])]
    entry = Entry(key="k", kind=Kind.NEWS, title="", text="".join(map("".join, zip(pieces, gaps, strict=False))))
    for query in (Concept(name), Near(Concept(name), Words(("camera",)), 3)):
        matched = matches(query, entry, CONTEXT, STEM, VOCABULARY) is not None
        event(f"matched {matched}")
        assert not matched or covers(cover(query, STEM, VOCABULARY), keys(entry))


@pytest.mark.slow
def test_wordings_of_a_set_are_covered_by_their_set() -> None:
    chance = Random(4)
    for name, termset in VOCABULARY.sets.items():
        covering = cover(Concept(name), STEM, VOCABULARY)
        sure = [one for one in termset.wordings if one.confidence is not Confidence.LOW]
        for wording in chance.sample(sure, min(3, len(sure))):
            said = keys(Entry(key="k", kind=Kind.NEWS, title=f"x {wording.text} y"))
            assert covers(covering, said), (name, wording)


def test_characters_are_sought_in_pairs_and_each_once() -> None:
    assert cover(Phrase("人脸识"), STEM, NO_VOCABULARY) == All((Word((Form("人脸"),)), Word((Form("脸识"),))))
    assert cover(Phrase("脸"), STEM, NO_VOCABULARY) == Word((Form("脸"),))
    assert cover(any_of([Phrase("脸"), Phrase("人")]), STEM, NO_VOCABULARY) == Some(
        (Word((Form("脸"),)), Word((Form("人"),)))
    )


def test_an_entry_has_its_kind_and_numbers_among_its_keys() -> None:
    entry = Entry(key="k", kind=Kind.WORK_ITEM, title="Faces: 人脸", facts={"number": "X.1096 (ex X.bvm)"})
    found = keys(entry)
    assert found.pairs == {"人脸"}
    assert {":work-item", "#x.1096", "#x.bvm", "faces", "人", "脸"} <= found.words
