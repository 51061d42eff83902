"""Sets of the vocabulary as terms of watches."""

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.matching import NO_CONTEXT, Context, WatchIndex, matches
from bot.domain.query_parser import parse
from bot.domain.sheets import Sheet
from bot.domain.vocabulary import Confidence, Nearby, TermSet, Vocabulary, Wording
from bot.domain.watches import WatchId

STEM = snowball()
LOW = Confidence.LOW


def topic(
    name: str,
    *wordings: Wording,
    nearby: tuple[Nearby, ...] = (),
    unless: tuple[str, ...] = (),
    off: tuple[Wording, ...] = (),
) -> TermSet:
    return TermSet(name=name, label=name, wordings=wordings, nearby=nearby, unless=unless, off=off)


def firm(name: str, *wordings: Wording) -> TermSet:
    return TermSet(name=name, label=name, company=True, wordings=wordings)


def w(text: str, lang: str = "en", *, exact: bool = False, ambiguous: bool = False) -> Wording:
    return Wording(text=text, lang=lang, exact=exact, ambiguous=ambiguous)


SETS = (
    topic(
        "face",
        w("facial recognition"),
        w("recognition of faces"),
        w("人脸识别", "zh"),
        w("reconnaissance faciale", "fr"),
        w("распознавание лиц", "ru"),
        w("التعرف على الوجه", "ar"),
        w("การจดจำใบหน้า", "th"),
        w("Gesichtserkennung", "de"),
        Wording(text="faceprint", lang="en", confidence=LOW),
        w("FRT", exact=True),
        nearby=(
            Nearby(left=("recogni*", "match*"), right=("face", "faces"), within=3, lang="en"),
            Nearby(left=("识别",), right=("人脸", "面部"), within=4, lang="zh"),
            Nearby(left=("identif*",), right=("faces",), within=9, lang="en", confidence=LOW),
            Nearby(left=("unlock*",), right=("face", "脸"), within=6, lang="en"),
            Nearby(left=("screen",), right=("watch*",), within=3, beside=("guard", "guards", "face of it"), reach=2),
            Nearby(left=("photo*", "照片"), right=("compar*", "比对"), within=9, confidence=Confidence.MEDIUM),
        ),
        unless=("facial recognition of dolls", "face value", "FRT Capital"),
        off=(w("glacier", "en"), w("old master", "en"), w("冰川", "zh"), w("opera", "it")),
    ),
    topic("coded", w("encryption"), w("加密", "zh"), unless=("加密货币",)),
    topic(
        "visa", w("visa", "fr"), w("carte", "fr"), w("gözetim", "tr"), w("überwachen", "de"), w("identification", "fr")
    ),
    firm(
        "dahua",
        w("Dahua"),
        w("Dahua Technology"),
        w("大华股份", "zh"),
        w("Дахуа", "ru"),
        w("大华", "zh", ambiguous=True),
    ),
    firm("orange", w("Orange S.A.", "fr"), w("Orange", "", ambiguous=True), w("אורנג'", "he")),
    firm("smic", w("SMIC", exact=True, ambiguous=True), w("Semiconductor Manufacturing International")),
)
VOCABULARY = Vocabulary({one.name: one for one in SETS})


def told(query: str, title: str, text: str = "", lang: str | None = None) -> list[tuple[str, str]] | None:
    entry = Entry(key="1", kind=Kind.NEWS, title=title, text=text, lang=lang)
    hits = matches(parse(query), entry, NO_CONTEXT, STEM, VOCABULARY)
    passages = {"title": title, "text": text}
    return None if hits is None else [(passages[hit.field][hit.start : hit.end], hit.term) for hit in hits]


FACE = "@face"


@pytest.mark.parametrize(
    ("title", "hit"),
    [
        ("Police use facial-recognition systems", "facial-recognition"),
        ("Facial recognitions compared", "Facial recognitions"),
        ("公安机关启用人脸识别系统", "人脸识别"),
        ("logiciels de reconnaissances faciales", "reconnaissances faciales"),
        ("камеры с распознаванием лиц", "распознаванием лиц"),
        ("أنظمة للتعرف على الوجه", "للتعرف على الوجه"),
        ("ระบบการจดจำใบหน้าใหม่", "การจดจำใบหน้า"),
        ("Echtzeitgesichtserkennung im Bahnhof", "Echtzeitgesichtserkennung"),
        ("An FRT trial", "FRT"),
        ("recognition of the faces", "recognition of the faces"),
    ],
)
def test_a_set_is_found_in_every_language(title: str, hit: str) -> None:
    assert told("@face", title) == [(hit, "@face")]


@pytest.mark.parametrize("title", ["a faceprint", "an frt", "the interface", "face it", "语音识别"])
def test_other_words_and_unsure_ones_are_left_alone(title: str) -> None:
    assert told("@face", title) is None


def test_words_of_both_sides_near_each_other_are_told_apart_from_wordings() -> None:
    assert told("@face", "It can recognise many of the faces") == [
        ("recognise", "@face nearby"),
        ("faces", "@face nearby"),
    ]
    assert told("@face", "faces matched") == [("faces", "@face nearby"), ("matched", "@face nearby")]
    assert told("@face", "识别远处的人脸") == [("识别", "@face nearby"), ("人脸", "@face nearby")]


@pytest.mark.parametrize(
    "title",
    [
        "They recognise one two three four faces",
        "They recognise. Faces",
        "recognised, face",
        "识别远处行走的人脸",
        "identified faces",
        "recognise the face value of it",
    ],
)
def test_far_apart_or_parted_by_a_break_they_mean_nothing(title: str) -> None:
    assert told("@face", title) is None


@pytest.mark.parametrize("title", ["Your face, scanned, unlocks it", "Face. It unlocks", "face; unlocks it"])
def test_a_wide_rule_reaches_across_no_more_than_one_comma(title: str) -> None:
    assert told("@face", title) is None


@pytest.mark.parametrize(
    "title", ["The phone looks at your face, then unlocks", "“Unlocked”, said the face", "unlock，脸"]
)
def test_a_wide_rule_reaches_across_one_comma(title: str) -> None:
    assert told("@face", title) is not None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Guards watch it on a screen", True),
        ("On the screen guards may watch", True),
        ("On the screen one may watch the guard", True),
        ("A screen to watch", False),
        ("Guards and you and me watch a screen", False),
        ("Guards. Watch the screen", False),
        ("Guards, watch the screen", False),
        ("Guards stand here; the screen one two three four is watched", False),
        ("Watch the screen, face value of it", False),
    ],
)
def test_what_must_stand_beside_both_sides_stands_between_them_or_near(title: str, *, expected: bool) -> None:
    assert (told("@face", title) is not None) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Photos are compared", True),
        ("Photos of glaciers are compared", False),
        ("They compared photos of old masters", False),
        ("They compared photos of old and new masters", True),
        ("对冰川照片进行比对", False),
        ("对护照照片进行比对", True),
        ("Glaciers. " + "word " * 19 + "Photos are compared", False),
        ("Glaciers. " + "word " * 20 + "Photos are compared", True),
        ("They recognise faces on glaciers", True),
        ("They compared the photos in this way at the opera", True),
        ("Photos of glaciers are compared by facial recognition", True),
    ],
)
def test_beside_something_else_medium_rules_do_not_hold(title: str, *, expected: bool) -> None:
    assert (told("@face", title) is not None) is expected


def test_phrases_cancel_what_lies_inside_them() -> None:
    assert told("@coded", "加密货币") is None
    assert told("@coded", "加密货币和加密") == [("加密", "@coded")]
    assert told("@face", "facial recognition of dolls") is None


def test_phrases_cancel_acronyms_in_the_whole_passage() -> None:
    assert told("@face", "FRT Capital opens; FRT shares rise") is None
    assert told("@face", "FRT Capital opens", "An FRT trial") == [("FRT", "@face")]


@pytest.mark.parametrize(
    ("title", "lang", "expected"),
    [
        ("La carte est dans le sac pour les autres", None, True),
        ("A la carte", "fr", True),
        ("A carte", "es", False),
        ("Un carte a jugar en la mesa de los otros", None, False),
        ("carte", None, True),
        ("carte", "ru", True),
        ("Die Identifikation und das identification der anderen", "de", True),
        ("den Bahnhof überwachen", "de", True),
        ("gözetim", "tr-TR", True),
    ],
)
def test_single_short_words_are_looked_for_in_their_language_only(title: str, lang: str, *, expected: bool) -> None:
    assert (told("@visa", title, lang=lang) is not None) is expected


def test_the_language_of_the_source_is_asked_too() -> None:
    entry = Entry(key="1", kind=Kind.NEWS, title="A carte")
    assert matches(parse("@visa"), entry, Context(lang="es"), STEM, VOCABULARY) is None
    assert matches(parse("@visa"), entry, Context(lang="fr"), STEM, VOCABULARY) is not None


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("@dahua", "DAHUA's cameras", True),
        ("@dahua", "DahuaTechnology", True),
        ("@dahua", "Dahua-Technology", True),
        ("@dahua", "Dahuas", False),
        ("@dahua", "о Дахуами и других", True),
        ("@dahua", "浙江大华股份有限公司", True),
        ("@orange", "Orange S.A. says", True),
        ("@orange", "של ואורנג' היום", True),
    ],
)
def test_names_stand_as_they_are_written_but_for_case_endings(query: str, title: str, *, expected: bool) -> None:
    assert (told(query, title) is not None) is expected


def test_ambiguous_names_need_another_name_or_a_topic() -> None:
    assert told("@dahua", "大华路") is None
    assert told("@dahua", "大华路", "大华股份") == [("大华", "@dahua"), ("大华股份", "@dahua")]
    assert told("@dahua", "大华的人脸识别") == [("大华", "@dahua")]
    assert told("@orange", "An orange", "with encryption") == [("orange", "@orange")]
    assert told("@orange", "An orange", "with a peel") is None
    assert told("@smic", "le SMIC augmente") is None
    assert told("@smic", "le SMIC augmente", "reconnaissance faciale") == [("SMIC", "@smic")]
    assert told("@smic", "smic", "reconnaissance faciale") is None


def test_ambiguous_names_do_not_support_each_other() -> None:
    assert told("@orange, @dahua", "orange 大华") is None


@pytest.mark.parametrize(
    ("query", "title", "text", "expected"),
    [
        ("title:@face", "facial recognition", "", True),
        ("title:@face", "x", "facial recognition", False),
        ("@face NEAR/3 police", "police use facial recognition", "", True),
        ("@face NEAR/3 police", "police", "facial recognition", False),
        ("@coded NEAR/3 price", "加密 price", "", True),
        ("@coded NEAR/3 price", "加密货币 price", "", False),
        ("NOT @face AND police", "police use facial recognition", "", False),
        ("police NOT @face", "police use cameras", "", True),
        ("@face AND @dahua", "Dahua", "人脸识别", True),
        ("@face AND @dahua", "Dahua", "", False),
        ("@face, @dahua", "Dahua", "", True),
        ("camera AND (@face, @coded)", "camera with encryption", "", True),
    ],
)
def test_sets_stand_in_fields_and_under_every_operator(query: str, title: str, text: str, *, expected: bool) -> None:
    assert (told(query, title, text) is not None) is expected


def test_a_set_is_found_in_the_names_of_a_source_and_of_companies() -> None:
    entry = Entry(key="1", kind=Kind.DOCUMENT, title="x", facts={"companies": ("ZTE", "Dahua Technology")})
    context = Context(source_name="Facial recognition news")
    assert matches(parse("company:@dahua"), entry, context, STEM, VOCABULARY) is not None
    assert matches(parse("@dahua"), entry, context, STEM, VOCABULARY) is not None
    assert matches(parse("source:@face"), entry, context, STEM, VOCABULARY) is not None
    assert matches(parse("@face"), entry, context, STEM, VOCABULARY) is None


def test_a_set_lives_as_long_as_a_watch_uses_it() -> None:
    index = WatchIndex(STEM, VOCABULARY)
    entry = Entry(key="1", kind=Kind.NEWS, title="orange facial recognition camera")
    for number, query in enumerate(("@face", "@face AND camera", "title:@orange", "@face, @face", "camera")):
        index.put(WatchId(number), parse(query))
    assert [match.watch for match in index.match(entry)] == [0, 1, 2, 3, 4]
    for number in (0, 3, 1):
        index.drop(WatchId(number))
    assert [match.watch for match in index.match(entry)] == [2, 4]
    index.put(WatchId(2), parse("camera"))
    assert not index._concepts.hot
    assert not index._concepts._held
    index.drop(WatchId(4))
    index.drop(WatchId(2))
    assert not index.tests.probes


def test_the_topics_that_support_an_ambiguous_name_are_compiled_with_the_watch_and_named_for_nobody() -> None:
    index = WatchIndex(STEM, VOCABULARY)
    index.put(WatchId(0), parse("@orange"))
    held = set(index._concepts._held)
    assert {"orange", "face"} <= held
    assert index.match(Entry(key="1", kind=Kind.NEWS, title="orange juice")) == []
    assert set(index._concepts._held) == held
    sheet = Sheet(Entry(key="2", kind=Kind.NEWS, title="facial recognition by orange"), NO_CONTEXT, index.tests)
    index.candidates(sheet)
    assert {key for key in sheet.present if isinstance(key, str)} == {"@orange"}
    index.drop(WatchId(0))
    assert not index._concepts._held
    assert not index.tests.probes
