"""What a report says that can be told from what was said before."""

from datetime import date

import pytest

from bot.domain.entries import Entry, Kind
from bot.domain.novelty import MOST_AT_ONCE, said

TODAY = date(2026, 11, 20)


def facts(title: str, text: str = "") -> set[str]:
    return set(said(Entry(key="k", kind=Kind.NEWS, title=title, text=text), TODAY))


def test_companies_that_were_recognised_are_facts() -> None:
    entry = Entry(key="k", kind=Kind.NEWS, title="Dahua sells facial recognition", facts={"named": ("Dahua",)})
    assert said(entry, TODAY) == {"company Dahua"}


@pytest.mark.parametrize(
    ("title", "document"),
    [
        ("ITU-T F.743.1 is out", "F.743.1"),
        ("What RFC 9421 changes", "RFC 9421"),
        ("ISO/IEC 30137-1 revised", "ISO/IEC 30137-1"),
        ("The regulation (EU) 2024/1689 applies", "(EU) 2024/1689"),
        ("A hole: CVE-2026-12345", "CVE-2026-12345"),
    ],
)
def test_documents_are_known_by_their_numbers(title: str, document: str) -> None:
    assert f"document {document}" in facts(title)


@pytest.mark.parametrize(
    "title",
    [
        "Vote on 12 March 2027",
        "Vote on March 12, 2027",
        "Vote on March 12",
        "Abstimmung am 12. März 2027",
        "Vote le 12 mars 2027",
        "El 12 de marzo de 2027 se vota",
        "Голосование 12 марта 2027",
        "2027年3月12日表决",
        "Vote 2027-03-12",
    ],
)
def test_a_day_to_come_is_one_day_in_every_language(title: str) -> None:
    assert facts(title) == {"date 2027-03-12"}


def test_a_day_that_is_past_is_no_news() -> None:
    assert facts("The papers of 12 March 2025 and of 2026-11-20") == set()


@pytest.mark.parametrize("title", ["EU adopts rules", "欧盟通过规则", "Das Gesetz ist verabschiedet", "Loi adoptée"])
def test_a_stage_stands_in_the_headline_in_any_language(title: str) -> None:
    assert facts(title) == {"stage adopted"}
    assert facts("Rules", title) == set()


@pytest.mark.parametrize("unit", ["1 January ", "RFC 1234 ", "A.12345.1.1.1", "2027年", "大华", "0", "jan", "12.12."])
def test_hostile_text_takes_bounded_time_and_gives_few_facts(unit: str) -> None:
    assert len(facts(unit * 100_000, unit * 100_000)) <= MOST_AT_ONCE
