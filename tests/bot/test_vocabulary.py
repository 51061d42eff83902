"""The vocabulary's files, those that are shipped and those that are wrong."""

from pathlib import Path

import pytest

from bot.domain.errors import ConfigError
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, recognised
from bot.domain.vocabulary import Confidence, Nearby, Vocabulary, Wording, key
from bot.vocabulary.reading import read, shipped

SETS = "# set\tkind\tgroup\tlabel\nfaces\ttopic\tbiometrics\tFaces\nacme\tcompany\tCN\tAcme\n"


def folder(tmp_path: Path, sets: str = SETS, **languages: str) -> Path:
    (tmp_path / "sets.tsv").write_text(sets, "utf-8")
    for lang, rows in languages.items():
        (tmp_path / f"{lang}.tsv").write_text(rows, "utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def ours() -> Vocabulary:
    return shipped()


def test_rows_become_sets_with_their_wordings_rules_and_exceptions(tmp_path: Path) -> None:
    rows = (
        "faces\tterm\thigh seen\tfacial recognition\n"
        "faces\tterm\tlow exact\tFRT\n"
        "faces\tnear\tmedium\trecogni*|match* ~3 face|faces\n"
        "faces\tnear\thigh\tscreen ~6 watch* ~9 police|guards\n"
    )
    other = "faces\tnot\t\tface value\nfaces\toff\t\tglacier\nacme\tterm\thigh ambiguous\tAcme\n"
    found = read(folder(tmp_path, en=rows, any=other)).sets
    assert list(found) == ["faces", "acme"]
    assert found["faces"].wordings == (
        Wording(text="facial recognition", lang="en", seen=True),
        Wording(text="FRT", lang="en", confidence=Confidence.LOW, exact=True),
    )
    assert found["faces"].nearby == (
        Nearby(left=("recogni*", "match*"), right=("face", "faces"), within=3, lang="en", confidence=Confidence.MEDIUM),
        Nearby(left=("screen",), right=("watch*",), within=6, lang="en", beside=("police", "guards"), reach=9),
    )
    assert found["faces"].unless == ("face value",)
    assert found["faces"].off == (Wording(text="glacier"),)
    assert found["acme"].wordings == (Wording(text="Acme", ambiguous=True),)
    assert found["acme"].company
    assert (found["acme"].label, found["acme"].group) == ("Acme", "CN")


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("faces\tterm\thigh", "en.tsv line 1 needs four columns"),
        ("nobody\tterm\thigh\tx", "en.tsv line 1 needs a set that sets.tsv names"),
        ("# comment\n\nfaces\tterm\thigh\t", "en.tsv line 3 needs a set that sets.tsv names, and a text"),
        ("faces\tword\thigh\tx", "en.tsv line 1 needs the role"),
        ("faces\tterm\tsure\tx", "en.tsv line 1 needs high, medium or low"),
        ("faces\tterm\thigh loud\tx", "en.tsv line 1 needs high, medium or low"),
        ("faces\tterm\t\tx", "en.tsv line 1 needs high, medium or low"),
        ("faces\tnear\thigh\tface ~3 match ~4 |", "en.tsv line 1 needs words on both sides"),
        ("faces\tnear\thigh\tface ~3 match ~4", "en.tsv line 1 needs high, medium or low, and a rule"),
        ("faces\tnear\thigh\ta ~3 b ~4 c ~5 d", "en.tsv line 1 needs high, medium or low, and a rule"),
        ("faces\tnear\thigh\tface 3 match", "en.tsv line 1 needs high, medium or low, and a rule"),
        ("faces\tnear\thigh\t| ~3 match", "en.tsv line 1 needs words on both sides"),
    ],
)
def test_a_wrong_row_is_told_with_its_place_and_what_is_needed(tmp_path: Path, row: str, place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        read(folder(tmp_path, en=row))


@pytest.mark.parametrize("row", ["faces\tthing\tx\tX", "Faces!\ttopic\tx\tX", f"{SETS}faces\ttopic\tx\tX"])
def test_a_set_needs_a_name_of_its_own_and_a_kind(tmp_path: Path, row: str) -> None:
    with pytest.raises(ConfigError, match=r"sets\.tsv line"):
        read(folder(tmp_path, sets=row))


def test_every_shipped_set_has_a_wording_that_is_looked_for(ours: Vocabulary) -> None:
    silent = [
        name
        for name, one in ours.sets.items()
        if not any(wording.confidence is not Confidence.LOW for wording in one.wordings)
    ]
    assert silent == []


def test_no_shipped_row_stands_twice(ours: Vocabulary) -> None:
    twice = [
        (name, wording.lang, wording.text)
        for name, one in ours.sets.items()
        for wording in set(one.wordings)
        if sum((other.lang, other.text) == (wording.lang, wording.text) for other in one.wordings) > 1
    ]
    assert twice == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("facial recognition", "facial-recognition"),
        ("face recognition", "facial-recognition"),
        ("reconnaissance faciale", "facial-recognition"),
        ("人脸识别", "facial-recognition"),
        ("video surveillance", "video-surveillance"),
        ("biometrics", "biometric-identification"),
        ("biometric", "biometric-identification"),
        ("ZTE", "zte"),
        ("dahua", "dahua"),
        ("china telecom", "china-telecom"),
    ],
)
def test_what_people_type_means_the_set_that_they_mean(ours: Vocabulary, typed: str, name: str) -> None:
    assert recognised(parse(typed), Lexicon(ours)) == (name,)


def test_wordings_are_looked_up_folded_and_without_hyphens() -> None:
    assert key("  Face‑Recognition ") == key("face recognition") == "face recognition"


@pytest.mark.parametrize("name", ["facial-recognition", "video-surveillance", "biometric-identification"])
def test_the_core_concepts_are_worded_in_every_language_of_the_field(ours: Vocabulary, name: str) -> None:
    """The languages of the project's list of seeds, the six of the UN among them."""
    languages = {wording.lang for wording in ours.sets[name].wordings}
    wanted = "en fr es pt de it nl pl sv tr ru uk ar fa he zh ja ko hi id vi th"
    assert sorted(set(wanted.split()) - languages) == []
