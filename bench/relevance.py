"""R: relevance. Precision and recall of single watches over the labelled sentences of tests/relevance.

`python -m bench.relevance` prints the table and what went wrong; `python -m bench relevance` the goals.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import process_time

from adapters.language.stems import snowball
from bench.figures import Figure
from bot.domain.entries import Entry, Kind
from bot.domain.matching import WatchIndex
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, understood
from bot.domain.vocabulary import NO_VOCABULARY, Vocabulary
from bot.domain.watches import WatchId
from bot.vocabulary.reading import shipped

_TEXTS = Path(__file__).parents[1] / "tests" / "relevance"
SENTENCES = _TEXTS / "sentences.tsv"
HELD_OUT = _TEXTS / "held_out.tsv"
"""Written without sight of the vocabulary, and committed before the vocabulary was tried on it."""

LAST = _TEXTS / "last.tsv"
"""As HELD_OUT, by a third author: some of what the vocabulary knows by now it learned from HELD_OUT."""

FOURTH = _TEXTS / "fourth.tsv"
"""Half of its wanted sentences describe the thing and never name it; its author grew the vocabulary afterwards."""

FIFTH = _TEXTS / "fifth.tsv"
SIXTH = _TEXTS / "sixth.tsv"
"""As HELD_OUT, by a fourth and a fifth author, committed before anything was matched against them."""

LEARNED = _TEXTS / "learned.tsv"
"""Five authors' sentences, many of which never name the thing: the vocabulary learned from all of them."""

SEVENTH = _TEXTS / "seventh.tsv"
EIGHTH = _TEXTS / "eighth.tsv"
"""By two more authors who were asked for what hardly names the thing."""

NINTH = _TEXTS / "ninth.tsv"
"""By an author who wrote as agencies, standards bodies and analysts do; nothing was learned from it."""

ALL = (SENTENCES, HELD_OUT, LAST, FOURTH, FIFTH, SIXTH, LEARNED, SEVENTH, EIGHTH, NINTH)
HALVED = (SEVENTH, EIGHTH)
"""The vocabulary learned from what it missed in one half of these; the other half judges it."""

SEEN = (
    *("sentences", "held_out", "last", "fourth", "fifth", "sixth", "learned"),
    *("seventh, seen half", "eighth, seen half"),
)
"""Of the other parts the totals only are told, so that nobody fits the vocabulary to them."""

CORE = ("facial recognition", "video surveillance")
"""The watches that the goal speaks of."""

GOAL = 0.95
"""Recall, and precision beside it."""

_SEED = 3
_HIDDEN = re.compile(r"\\u([0-9A-Fa-f]{4})")

Answers = Callable[[str, Entry], bool]
"""Tell whether a watch, as typed, wants an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One labelled text: whether a reader who watches `query`, as typed, wants it."""

    query: str
    lang: str
    wanted: bool
    text: str

    @property
    def entry(self) -> Entry:
        """The sentence as a headline in its language."""
        return Entry(key=self.text[:512], kind=Kind.NEWS, title=self.text, lang=self.lang)


@dataclass(frozen=True, slots=True)
class Score:
    """How one watch, or several, did."""

    right: int
    missed: tuple[Sentence, ...]
    noise: tuple[Sentence, ...]

    @property
    def recall(self) -> float:
        """Share of the wanted that was found; 1 where nothing is wanted."""
        wanted = self.right + len(self.missed)
        return self.right / wanted if wanted else 1.0

    @property
    def precision(self) -> float:
        """Share of the found that was wanted; 1 where nothing was found."""
        found = self.right + len(self.noise)
        return self.right / found if found else 1.0


def read(path: Path = SENTENCES) -> tuple[Sentence, ...]:
    """Read the labelled sentences; ValueError names the line that has not its four columns."""
    return tuple(_read(path.read_text("utf-8").splitlines()))


def _read(lines: Iterable[str]) -> Iterator[Sentence]:
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 4 or columns[2] not in {"0", "1"}:
            raise ValueError(f"Line {number} needs query, language, 1 or 0, and text, parted by tabs.")
        query, lang, label, text = columns
        text = _HIDDEN.sub(lambda sign: chr(int(sign[1], 16)), text)
        yield Sentence(query=query, lang=lang, wanted=label == "1", text=text)


def halved(sentences: Iterable[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """Part sentences by lot, each watch, language and label alike: those to learn from, and those to judge by."""
    lot = Random(_SEED)
    groups: dict[tuple[str, str, bool], list[Sentence]] = {}
    for one in sentences:
        groups.setdefault((one.query, one.lang, one.wanted), []).append(one)
    learned: list[Sentence] = []
    judged: list[Sentence] = []
    for _, group in sorted(groups.items()):
        lot.shuffle(group)
        middle = len(group) // 2 + (len(group) % 2 and lot.random() < 0.5)
        learned += group[:middle]
        judged += group[middle:]
    return learned, judged


def parts(path: Path) -> Iterator[tuple[str, Sequence[Sentence]]]:
    """Yield what of a file is told apart: the whole, or its halves."""
    if path not in HALVED:
        yield path.stem, read(path)
        return
    learned, judged = halved(read(path))
    yield f"{path.stem}, seen half", learned
    yield f"{path.stem}, unseen half", judged


def watching(queries: Iterable[str], vocabulary: Vocabulary = NO_VOCABULARY) -> Answers:
    """Watch queries as a team types them; without a vocabulary they mean their words only."""
    index = WatchIndex(snowball(), vocabulary)
    ids = {typed: WatchId(number) for number, typed in enumerate(queries)}
    for typed, watch in ids.items():
        index.put(watch, understood(parse(typed), Lexicon(vocabulary)))
    return lambda typed, entry: any(match.watch == ids[typed] for match in index.match(entry))


def score(sentences: Iterable[Sentence], answers: Answers) -> Score:
    """Ask for every sentence whether its watch wants it, and compare with the label."""
    judged = [(one, answers(one.query, one.entry)) for one in sentences]
    return Score(
        right=sum(one.wanted and found for one, found in judged),
        missed=tuple(one for one, found in judged if one.wanted and not found),
        noise=tuple(one for one, found in judged if found and not one.wanted),
    )


def table(sentences: Sequence[Sentence], ways: Mapping[str, Answers]) -> Iterator[str]:
    """Yield the report's lines: recall and precision a watch, then a language of the core watches, each way."""
    yield f"{'':<27}{'texts':>6}" + "".join(f"{way:>20}" for way in ways)
    yield f"{'':<33}" + f"{'recall':>11}{'precision':>9}" * len(ways)
    for query in dict.fromkeys(one.query for one in sentences):
        yield _line(query, [one for one in sentences if one.query == query], ways)
    core = [one for one in sentences if one.query in CORE]
    yield f"of these, {' and '.join(CORE)} by language:"
    for lang in dict.fromkeys(one.lang for one in core):
        yield _line(lang, [one for one in core if one.lang == lang], ways)
    yield _line("all languages", core, ways)


def _line(name: str, sentences: Sequence[Sentence], ways: Mapping[str, Answers]) -> str:
    scores = [score(sentences, answers) for answers in ways.values()]
    return f"{name:<27}{len(sentences):>6}" + "".join(_cells(one) for one in scores)


def _cells(result: Score) -> str:
    found = result.right + len(result.noise)
    return f"{result.recall:>11.3f}" + (f"{result.precision:>9.3f}" if found else f"{'-':>9}")


def wrong(result: Score) -> Iterator[str]:
    """Yield a line for each sentence that was missed or found in vain."""
    for kind, sentences in (("missed", result.missed), ("noise", result.noise)):
        for one in sentences:
            yield f"{kind:<7} {one.query:<25} {one.lang:<8} {one.text}"


def figures() -> list[Figure]:
    """Report recall and precision of the core watches, each file apart; both seconds are for the same sentences."""
    ways = [watching(CORE), watching(CORE, shipped())]
    return [figure for path in ALL for name, part in parts(path) for figure in _figures(name, part, ways)]


def _figures(part: str, sentences: Sequence[Sentence], ways: Sequence[Answers]) -> Iterator[Figure]:
    for query in CORE:
        own = [one for one in sentences if one.query == query]
        results, seconds = zip(*(_timed(own, way) for way in ways), strict=True)
        for name, without, reached in (
            ("recall", results[0].recall, results[1].recall),
            ("precision", results[0].precision, results[1].precision),
        ):
            yield Figure(
                name=f"R {name} {query} ({part})",
                goal=f">= {GOAL}",
                baseline="the words without the vocabulary",
                baseline_seconds=seconds[0],
                own_seconds=seconds[1],
                ratio=reached,
                holds=reached >= GOAL,
                unit="",
                notes=f"{len(own)} labelled sentences; {without:.3f} without the vocabulary",
            )


def _timed(sentences: Sequence[Sentence], answers: Answers) -> tuple[Score, float]:
    begun = process_time()
    return score(sentences, answers), process_time() - begun


def main() -> int:
    """Print for each part the table, and what was missed or found in vain among what is seen; 1 if a goal is missed."""
    vocabulary = shipped()
    held = [_told(name, sentences, vocabulary) for path in ALL for name, sentences in parts(path)]
    return 0 if all(held) else 1


def _told(part: str, sentences: Sequence[Sentence], vocabulary: Vocabulary) -> bool:
    queries = dict.fromkeys(one.query for one in sentences)
    known = watching(queries, vocabulary)
    print(part)
    for line in table(sentences, {"plain words": watching(queries), "vocabulary": known}):
        print(line)
    if part in SEEN:
        for line in wrong(score(sentences, known)):
            print(line)
    core = [score([one for one in sentences if one.query == query], known) for query in CORE]
    return all(min(one.recall, one.precision) >= GOAL for one in core)


if __name__ == "__main__":
    sys.exit(main())
