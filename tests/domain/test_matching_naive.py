"""The index against a naive reading, on random queries and texts of many scripts, while watches come and go."""

from dataclasses import dataclass, field
from random import Random

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.matching import Context, WatchIndex
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
from bot.domain.vocabulary import Confidence, Nearby, TermSet, Vocabulary, Wording
from bot.domain.watches import WatchId
from tests.domain.naive_matching import Naive

STEM = snowball()

POOLS = {
    "en": "camera cameras facial face faces recognition recognise recognised police the of and AI CCTV orange smart",
    "fr": "reconnaissance reconnaissances faciale visage de la et vidéosurveillance caméra caméras carte visa donnée",
    "de": "Gesichtserkennung Gesichtserkennungssystem Überwachung Überwachungskamera der und Gesicht Gesichter Daten",
    "es": "reconocimiento facial cámaras cámara de la el y vigilancia policía datos",
    "tr": "yüz tanıma tanımanın gözetim kamera kameralar ve bir İnsansız IŞIK ışık",
    "ru": "распознавание распознаванием лиц лица и в камера камеры видеонаблюдение Дахуа Дахуа́ ёлка",
    "uk": "розпізнавання обличчя облич і та камери відеоспостереження її",
    "ar": "التعرف على الوجه والوجوه للتعرف مراقبة المراقبة بالفيديو وجه",
    "he": "זיהוי פנים הזיהוי ומצלמה מצלמה של",
    "hi": "चेहरा पहचान तकनीक निगरानी",
    "el": "αναγνώριση αναγνώρισης προσώπου κάμερα της",
    "ko": "얼굴 인식 얼굴을 인식하는 카메라",
    "zh": "人脸识别 人脸 识别 大华 视频监控 监控 加密货币 加密 系统",
    "ja": "顔認証 カメラ ｶﾒﾗ が か\u3099 監視カメラ 顔",
    "th": "การจดจำใบหน้า กล้อง ใบหน้า ระบบ",
    "xx": "SG17 SG 17 Q.7/21 F.743.1 x1 U.S. C++ 5G É e\u0301t\u00e9 👁️ \u200frtl a\u00adb \x00 _ Face++ ﬁrst",
}
GAPS = (*[" "] * 5, "-", ", ", ". ", "", "\n", "\n\n", " “", "” ", "’", "/", "\u200b", "\u3000", "，", "・", " — ")


def w(text: str, lang: str = "", *, exact: bool = False, ambiguous: bool = False) -> Wording:
    return Wording(text=text, lang=lang, exact=exact, ambiguous=ambiguous)


SETS = (
    TermSet(
        name="face",
        label="face",
        wordings=(
            w("facial recognition", "en"),
            w("recognition of faces", "en"),
            w("reconnaissance faciale", "fr"),
            w("Gesichtserkennung", "de"),
            w("распознавание лиц", "ru"),
            w("розпізнавання облич", "uk"),
            w("التعرف على الوجه", "ar"),
            w("זיהוי פנים", "he"),
            w("人脸识别", "zh"),
            w("顔認証", "ja"),
            w("การจดจำใบหน้า", "th"),
            w("얼굴 인식", "ko"),
            w("चेहरा पहचान", "hi"),
            w("visage", "fr"),
            Wording(text="police", lang="en", confidence=Confidence.LOW),
        ),
        nearby=(
            Nearby(left=("recogni*",), right=("face", "faces"), within=2, lang="en"),
            Nearby(left=("识别", "认"), right=("人脸", "顔"), within=3, lang="zh"),
            Nearby(left=("yüz",), right=("tanı*",), within=1, lang="tr"),
            Nearby(
                left=("camera", "caméra"), right=("police", "smart", "监控"), within=7, confidence=Confidence.MEDIUM
            ),
            Nearby(left=("camera",), right=("orange", "visage"), within=4, beside=("recogni*", "face", "顔"), reach=7),
        ),
        unless=("facial recognition police", "visage de la", "人脸识别系统"),
        off=(w("orange"), w("加密", "zh"), w("data", "en"), w("recognised of the", "en"), w("police", "fr")),
    ),
    TermSet(
        name="watching",
        label="watching",
        wordings=(
            w("vidéosurveillance", "fr"),
            w("Überwachungskamera", "de"),
            w("gözetim", "tr"),
            w("vigilancia", "es"),
            w("视频监控", "zh"),
            w("CCTV", "en", exact=True),
            w("smart camera"),
        ),
        unless=("CCTV orange", "加密货币"),
    ),
    TermSet(
        name="dahua",
        label="dahua",
        company=True,
        wordings=(
            w("大华", "zh", ambiguous=True),
            w("Дахуа", "ru"),
            w("Smart Orange", "en"),
            w("AI", exact=True, ambiguous=True),
        ),
    ),
    TermSet(name="orange", label="orange", company=True, wordings=(w("Orange", ambiguous=True), w("Face++", "en"))),
)
VOCABULARY = Vocabulary({one.name: one for one in SETS})


@dataclass
class Writer:
    """Writes queries and entries of several languages at once."""

    random: Random
    langs: list[str] = field(default_factory=lambda: list(POOLS))

    def word(self) -> str:
        return self.random.choice(POOLS[self.random.choice(self.langs)].split(" "))

    def text(self, longest: int) -> str:
        count = self.random.randint(0, longest)
        return "".join(self.word() + self.random.choice(GAPS) for _ in range(count))

    def entry(self) -> Entry:
        random = self.random
        self.langs = random.sample(list(POOLS), random.choice((1, 2, 3)))
        facts = {"companies": self.text(3), "question": "Q.7/21"} if random.random() < 0.2 else {}
        return Entry(
            key="1",
            kind=random.choice((Kind.NEWS, Kind.MEETING)),
            title=self.text(6),
            text=self.text(20),
            lang=random.choice((None, None, *self.langs)),
            place=self.text(2) if random.random() < 0.1 else None,
            group=random.choice((None, "SG 17", "SG21")),
            facts=facts,
        )

    def query(self, depth: int = 2) -> Query:  # a case each
        random = self.random
        kind = random.random()
        if not depth or kind < 0.4:
            return self.term()
        parts = [self.query(depth - 1) for _ in range(random.randint(2, 3))]
        if kind < 0.6:
            return all_of(parts)
        if kind < 0.75:
            return any_of(parts)
        if kind < 0.85:
            return none_of(parts[0])
        if kind < 0.97:
            return Within(random.choice(("title", "text", "company", "source", "group", "question", "place")), parts[0])
        return Is("kind", ("news",))

    def term(self) -> Query:
        random = self.random
        kind = random.random()
        if kind < 0.2:
            return Near(self.leaf(), any_of([self.leaf(), self.leaf()]), random.randint(1, 6))
        if kind < 0.25:
            return Near(Near(self.leaf(), self.leaf(), random.randint(1, 4)), self.leaf(), random.randint(1, 4))
        return self.leaf()

    def leaf(self) -> Query:  # noqa: PLR0911  # a case each
        random = self.random
        self.langs = random.sample(list(POOLS), random.choice((1, 1, 1, 2)))
        several = [word for word in (self.word() for _ in range(random.randint(1, 3))) if any(map(str.isalnum, word))]
        if not several:
            return Concept(random.choice(SETS).name)
        kind = random.random()
        if kind < 0.25:
            return Concept(random.choice(SETS).name)
        if kind < 0.5:
            return Words(tuple(dict.fromkeys(several)))
        if kind < 0.75:
            return Phrase(" ".join(several))
        if kind < 0.85:
            return Exact(" ".join(several))
        plain = [word for word in several if word.isalpha()]
        if not plain:
            return Phrase(several[0])
        return Prefix(plain[0][:3]) if kind < 0.95 else Inside(plain[0][:4])


def disagreements(seed: int, entries: int, watches: int = 40) -> list[str]:
    """Return what the index and the naive reading do not agree on; one watch comes and one goes with every entry."""
    writer = Writer(Random(seed))
    index = WatchIndex(STEM, VOCABULARY)
    queries: dict[WatchId, Query] = {}
    context = Context(source_id="s", source_name="Face recognition 监控 news", lang="en")
    wrong = []
    for number in range(entries):
        entry = writer.entry()
        for _ in range(watches if not number else 2):
            id_ = WatchId(writer.random.randrange(watches * 2))
            queries[id_] = writer.query()
            index.put(id_, queries[id_])
        while len(queries) > watches:
            gone = writer.random.choice(list(queries))
            index.drop(gone)
            del queries[gone]
        found = index.match(entry, context)
        naive = Naive(STEM, VOCABULARY, entry, context)
        expected = sorted(id_ for id_, query in queries.items() if naive.matches(query))
        if [match.watch for match in found] != expected:
            odd = set(expected) ^ {match.watch for match in found}
            wrong += [f"{seed} {number} {id_ in expected} {queries[id_]} | {entry!r}" for id_ in odd]
        for match in found:
            for hit in match.hits:
                assert 0 <= hit.start < hit.end
    return wrong


@pytest.mark.parametrize("seed", range(4))
def test_the_index_agrees_with_a_naive_reading_of_the_rules(seed: int) -> None:
    assert disagreements(seed, 20) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_it_agrees_on_a_hundred_thousand_pairs(seed: int) -> None:
    assert disagreements(seed, 150) == []
