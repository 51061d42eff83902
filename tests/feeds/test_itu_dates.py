"""Place-and-date text of ITU."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.itu_dates import PlaceAndDate, clean, read, span

JUNE = (date(2026, 6, 9), date(2026, 6, 17))


@pytest.mark.parametrize(
    ("text", "place", "starts", "ends"),
    [
        ("ITU-T SG 12, Geneva, 9-17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, 9–17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, 9 - 17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, [Geneva], 9-17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12 (Geneva, 9-17 June 2026)", "Geneva", *JUNE),
        ("ITU-T SG 12 Geneva 9-17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, 9 to 17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, from 9 June to 17 June 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, June 9-17, 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, 9th-17th June, 2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva\u200b, 9\u200b-17\u200b June\u200b2026", "Geneva", *JUNE),
        ("ITU-T SG 12, Geneva, 9-17 June", "Geneva", *JUNE),
        ("ITU-T SG 12, 9-17 June 2026", None, *JUNE),
        ("9-17 June 2026", None, *JUNE),
        ("9-17 June 2026, Geneva", "Geneva", *JUNE),
        ("ITU-T TSAG, Geneva, Switzerland, 9-17 June 2026", "Geneva, Switzerland", *JUNE),
        ("ITU-T SG 17, São Paulo, 9-17 Jun. 2026", "São Paulo", *JUNE),
        ("ITU-R WP 5D, Rio de Janeiro, 9-17 June 2026", "Rio de Janeiro", *JUNE),
        ("ITU-T SG 2, E-meeting, 9-17 June 2026", "E-meeting", *JUNE),
        ("EVRY, 9-17 June 2026", "EVRY", *JUNE),
        ("ITU-T SG 12, Geneva, 28 November - 2 December 2025", "Geneva", date(2025, 11, 28), date(2025, 12, 2)),
        ("ITU-T SG 12, Geneva, 30 December 2026 - 8 January 2027", "Geneva", date(2026, 12, 30), date(2027, 1, 8)),
        ("ITU-T SG 12, Geneva, 30 December - 8 January 2027", "Geneva", date(2026, 12, 30), date(2027, 1, 8)),
        ("ITU-T SG 12, virtual, 6, 7 and 8 December 2025", "virtual", date(2025, 12, 6), date(2025, 12, 8)),
        ("ITU-T SG 12, Geneva, 3 Sept. 2026", "Geneva", date(2026, 9, 3), date(2026, 9, 3)),
        ("ITU-T SG 12, Geneva, Tuesday 9 June 2026", "Geneva", date(2026, 6, 9), date(2026, 6, 9)),
    ],
)
def test_place_and_days_are_read_in_many_spellings(text: str, place: str | None, starts: date, ends: date) -> None:
    assert read(text, starts=starts) == PlaceAndDate(place=place, starts=starts, ends=ends)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", None),
        ("ITU-T SG 12", None),
        ("ITU-T SG 12, Geneva", "Geneva"),
        ("ITU-T SG 12, Geneva, 31 June 2026", "Geneva"),
        ("ITU-T SG 12, Geneva, 17-9 June 2026", "Geneva"),
        ("ITU-T SG 12, Geneva, June 2026", "Geneva, June 2026"),
    ],
)
def test_days_that_are_none_are_not_made_up(text: str, place: str | None) -> None:
    assert read(text) == PlaceAndDate(place=place)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("ITU-T SG 12, Geneva, 9-17 June 2026 (CANCELLED)", "cancelled"),
        ("Canceled: ITU-T SG 12, Geneva, 9-17 June 2026", "cancelled"),
        ("ITU-T SG 12, Geneva, 9-17 June 2026 - postponed", "postponed"),
        ("ITU-T SG 12, Geneva, 9-17 June 2026 (tbc)", "tentative"),
    ],
)
def test_a_status_is_what_the_text_says(text: str, status: str) -> None:
    assert read(text) == PlaceAndDate(place="Geneva", starts=JUNE[0], ends=JUNE[1], status=status)


def test_a_known_first_day_tells_days_from_other_numbers() -> None:
    found = read("ITU-T SG 12, Geneva, Room 2, 9-17 June 2026", starts=JUNE[0])
    assert (found.starts, found.ends) == JUNE


def test_invisible_characters_are_removed_inside_words_and_blanks_between_them() -> None:
    assert clean("Gene\u200bva\u200b 9\u200bJune\u00ad\x00") == "Geneva 9 June"


DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
LETTERS = st.characters(categories=["Ll"], max_codepoint=0x24F)
WORDS = st.text(LETTERS, min_size=3, max_size=9).map(str.capitalize)
NOT_DATES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed")
PLACES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join).filter(lambda place: clean(place) == place)


@given(days=DAYS, length=st.integers(0, 400), place=PLACES, group=st.sampled_from(["SG 12", "TSAG", "WP 1/12", "SG2"]))
@settings(deadline=None, max_examples=150)
def test_what_is_written_is_read_back(days: date, length: int, place: str, group: str) -> None:
    last = days + timedelta(days=length)
    text = f"ITU-T {group}, {place}, {span(days, last)}"
    if place.lower().startswith(NOT_DATES) or any(word.lower()[:3] in NOT_DATES for word in place.split()):
        return
    assert read(text) == PlaceAndDate(place=place, starts=days, ends=last)


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=150)
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read(text, starts=JUNE[0])
    assert found.starts is None or (found.ends is not None and found.starts <= found.ends)
