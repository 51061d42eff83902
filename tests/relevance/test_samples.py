"""What the shipped vocabulary finds in the labelled samples and among ITU's own titles."""

import csv
from pathlib import Path

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.matching import WatchIndex
from bot.domain.query import Concept
from bot.domain.query_parser import parse
from bot.domain.understanding import Lexicon, understood
from bot.domain.watches import WatchId
from bot.vocabulary.reading import shipped

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
KEYWORDS = SAMPLES / "keywords" / "kwtest.tsv"
TITLES = SAMPLES / "itu" / "recommendations_surveillance_biometrics.csv"
TRAPS = (
    "surface defect",
    "Lightning protection",
    "far end camera control",
    "Far-end camera control",
    "anomaly detection",
)
"""What the titles say that have the words of the field and nothing of its matter (itu.md, measured)."""


def found(index: WatchIndex, title: str, text: str = "") -> set[int]:
    return {match.watch for match in index.match(Entry(key="k", kind=Kind.NEWS, title=title, text=text))}


@pytest.mark.skipif(not KEYWORDS.exists(), reason="the samples are not beside the project")
def test_concepts_are_found_in_the_labelled_sentences_of_ten_languages() -> None:
    rows = [line.split("\t", 3) for line in KEYWORDS.read_text("utf-8").splitlines()]
    names = sorted({row[0] for row in rows})
    index = WatchIndex(snowball(), shipped())
    for number, name in enumerate(names):
        index.put(WatchId(number), Concept(name))
    hits = [(names.index(name) in found(index, "", text), label == "1") for name, _, label, text in rows]
    right = sum(hit and wanted for hit, wanted in hits)
    assert right / sum(hit for hit, _ in hits) >= 0.97
    assert right / sum(wanted for _, wanted in hits) >= 0.98


@pytest.mark.skipif(not TITLES.exists(), reason="the samples are not beside the project")
def test_a_watch_over_itu_titles_alone_finds_surveillance_and_biometrics_and_no_trap() -> None:
    index = WatchIndex(snowball(), shipped())
    query = parse("facial recognition OR video surveillance OR biometrics")
    index.put(WatchId(1), understood(query, Lexicon(shipped())))
    with TITLES.open(encoding="utf-8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    trapped = [title for title in titles if any(trap in title for trap in TRAPS)]
    words = ("video surveillance", "visual surveillance", "intelligent visual", "biometric")
    wanted = [title for title in titles if any(word in title.lower() for word in words) and title not in trapped]
    assert len(wanted) > 50
    assert len(trapped) >= 5
    assert [title for title in wanted if not found(index, title)] == []
    assert [title for title in trapped if found(index, title)] == []


@pytest.mark.parametrize(
    "title",
    [
        "Alarm surveillance function",
        "Requirements for 3D machine vision-based surface defect detection service of industrial products",
        "Human-machine interface recognition",
        "Interworking interface between a face-to-face meeting room and a network",
        "Requirements for cloud gaming",
    ],
)
def test_the_measured_traps_are_no_hits(title: str) -> None:
    index = WatchIndex(snowball(), shipped())
    query = parse("facial recognition OR video surveillance OR biometrics")
    index.put(WatchId(1), understood(query, Lexicon(shipped())))
    assert found(index, title) == set()
