"""The answer to `meetings`: how it was understood, the meetings, how to see more, what else there is."""

from datetime import UTC, date, datetime

import pytest

from adapters.language.times import Times
from bot.domain.changes import Known
from bot.domain.document import Bullets, Heading, Link, Paragraph, Style, Text, line_text
from bot.domain.entries import Entry, EntryId, Kind, SourceId, When
from bot.domain.ports import Period
from bot.services.commands.meetings import answer_meetings, period_in_words
from bot.services.lookup import Understood, understand

NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
ZONE = "Europe/Zurich"


@pytest.fixture(scope="module")
def calendar() -> Times:
    return Times(languages=())


def ask(calendar: Times, text: str) -> Understood:
    return understand(text, calendar, NOW, ZONE)


def known(
    title: str = "ITU-T SG17 meeting",
    starts: When | None = date(2026, 3, 3),
    ends: When | None = date(2026, 3, 7),
    *,
    link: str | None = "https://itu.example/sg17",
    place: str | None = "Geneva",
    status: str | None = None,
    due: str | None = None,
    gone: bool = False,
) -> Known:
    entry = Entry(
        key=title,
        kind=Kind.MEETING,
        title=title,
        link=link,
        starts=starts,
        ends=ends,
        all_day=not isinstance(starts, datetime),
        place=place,
        status=status,
        facts={} if due is None else {"contribution_deadline": due},
    )
    return Known(
        id=EntryId(title),
        source=SourceId("itu"),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        fetched_at=NOW,
        gone=gone,
    )


def row(meeting: Known, calendar: Times, zone: str = ZONE) -> str:
    document = answer_meetings(ask(calendar, "SG17"), 1, [meeting], zone)
    bullets = document.blocks[1]
    assert isinstance(bullets, Bullets)
    return line_text(bullets.lines[0])


def test_the_heading_says_how_the_line_was_understood(calendar: Times) -> None:
    asked = ask(calendar, "SG17 in Geneva between 3 and 7 March")
    document = answer_meetings(asked, 1, [known()], ZONE)
    assert document.blocks[0] == Heading((Text("Meetings from 3 to 7 March 2026 · SG17 · Geneva", Style.STRONG),))


def test_words_of_a_topic_stand_in_quotes_and_no_time_means_upcoming(calendar: Times) -> None:
    document = answer_meetings(ask(calendar, "facial recognition"), 1, [known()], ZONE)
    assert document.plain.splitlines()[0] == "Upcoming meetings · “facial recognition”"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-03", "2026-03-03", "on 3 March 2026"),
        ("2026-03-03", "2026-03-07", "from 3 to 7 March 2026"),
        ("2026-02-28", "2026-03-02", "from 28 February to 2 March 2026"),
        ("2026-12-28", "2027-01-02", "from 28 December 2026 to 2 January 2027"),
        ("2026-03-01", "2026-03-31", "in March 2026"),
        ("2028-02-01", "2028-02-29", "in February 2028"),
        ("2028-02-01", "2028-02-28", "from 1 to 28 February 2028"),
        ("2026-01-01", "2026-12-31", "in 2026"),
        ("2026-04-01", "2026-06-30", "from 1 April to 30 June 2026"),
        ("2026-05-05", None, "from 5 May 2026"),
        (None, "2026-05-31", "until 31 May 2026"),
        (None, None, ""),
    ],
)
def test_a_period_is_said_in_words_that_read_back_to_it(
    calendar: Times, first: str | None, last: str | None, words: str
) -> None:
    period = Period(first=first and date.fromisoformat(first), last=last and date.fromisoformat(last))  # type: ignore[arg-type]
    assert period_in_words(period) == words
    assert (calendar.read(words, now=NOW, zone=ZONE).period or Period()) == period


def test_a_row_gives_days_title_and_place(calendar: Times) -> None:
    document = answer_meetings(ask(calendar, "SG17"), 1, [known()], ZONE)
    bullets = document.blocks[1]
    assert isinstance(bullets, Bullets)
    assert bullets.numbered
    assert bullets.lines[0] == (
        Text("3–7 Mar 2026: "),
        Link("ITU-T SG17 meeting", "https://itu.example/sg17"),
        Text(" · Geneva"),
    )


def test_a_place_in_the_title_is_not_said_twice(calendar: Times) -> None:
    assert row(known("SG17, Geneva"), calendar) == "3–7 Mar 2026: SG17, Geneva"


def test_a_meeting_without_a_link_is_plain_text(calendar: Times) -> None:
    assert row(known(link=None, place=None), calendar) == "3–7 Mar 2026: ITU-T SG17 meeting"


@pytest.mark.parametrize(
    ("meeting", "ending"),
    [
        (known(status="cancelled"), "Geneva · cancelled"),
        (known(status="tentative"), "Geneva · tentative"),
        (known(status="confirmed"), "Geneva"),
        (known(gone=True), "Geneva · no longer listed by its source"),
        (known(due="2026-02-20"), "Geneva · contributions by 20 Feb 2026"),
        (known(due="2026-02-19"), "Geneva"),
        (known(due="soon"), "Geneva"),
    ],
)
def test_a_row_tells_what_is_not_as_planned_and_deadlines_still_ahead(
    calendar: Times, meeting: Known, ending: str
) -> None:
    assert row(meeting, calendar) == f"3–7 Mar 2026: ITU-T SG17 meeting · {ending}"


def utc(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "days"),
    [
        (utc(3, 23), utc(4, 1), "UTC", "3–4 Mar 2026"),
        (utc(3, 23), utc(4, 1), "Asia/Tokyo", "4 Mar 2026"),
        (utc(3, 8), utc(4, 0), "UTC", "3 Mar 2026"),
        (utc(3, 8), utc(3, 8), "UTC", "3 Mar 2026"),
        (datetime(2026, 3, 3, 9), datetime(2026, 3, 4, 18), "Asia/Tokyo", "3–4 Mar 2026"),  # noqa: DTZ001
        (datetime(2026, 3, 3, 9), None, "Asia/Tokyo", "3 Mar 2026"),  # noqa: DTZ001
        (date(2026, 12, 30), date(2027, 1, 2), "UTC", "30 Dec 2026 – 2 Jan 2027"),
        (None, None, "UTC", "no date"),
    ],
)
def test_instants_are_days_in_the_readers_zone(
    calendar: Times, starts: When | None, ends: When | None, zone: str, days: str
) -> None:
    assert row(known(starts=starts, ends=ends), calendar, zone).startswith(f"{days}: ")


def test_a_long_list_says_how_many_there_are_and_the_line_that_shows_more(calendar: Times) -> None:
    page = [known(f"Meeting {n}") for n in range(10)]
    document = answer_meetings(ask(calendar, "SG17  in 2026"), 27, page, ZONE, offset=10)
    bullets, footer = document.blocks[1:]
    assert isinstance(bullets, Bullets)
    assert bullets.start == 11
    assert footer == Paragraph(
        (Text("27 meetings, 7 more: ", Style.QUIET), Text("meetings SG17 in 2026 page 3", Style.CODE))
    )


@pytest.mark.parametrize(("total", "says"), [(1, "1 meeting."), (2, "2 meetings.")])
def test_the_last_page_only_counts(calendar: Times, total: int, says: str) -> None:
    document = answer_meetings(ask(calendar, ""), total, [known()] * total, ZONE)
    assert document.plain.splitlines()[-1] == says


@pytest.mark.parametrize(
    ("asked", "wider"),
    [
        ("SG17 deepfakes in Geneva in 2027", "meetings SG17 in Geneva in 2027"),
        ("SG17 in Geneva before summer", "meetings SG17 until 31 May 2026"),
        ("SG17 on 3 March 2026", "meetings SG17"),
        ("SG99", "meetings next year"),
    ],
)
def test_an_empty_answer_shows_what_comes_next_and_a_wider_question(calendar: Times, asked: str, wider: str) -> None:
    nearest = [known("TSAG meeting", due=None), known("SG2 meeting")]
    document = answer_meetings(ask(calendar, asked), 0, (), ZONE, nearest=nearest)
    lines = document.plain.splitlines()
    assert lines[1:] == [
        "No meeting fits. The next ones, whatever was asked:",
        "1. 3–7 Mar 2026: TSAG meeting · Geneva",
        "2. 3–7 Mar 2026: SG2 meeting · Geneva",
        f"Or ask for less: {wider}",
    ]
    assert ask(calendar, wider.removeprefix("meetings ")).words == ()


def test_an_empty_store_leads_to_the_sources(calendar: Times) -> None:
    document = answer_meetings(ask(calendar, "SG17"), 0, (), ZONE)
    assert document.plain.splitlines()[1:] == [
        "No meeting fits, and none is coming up in what is stored; see which sources are read: sources"
    ]


def test_titles_are_never_markup(calendar: Times) -> None:
    hostile = "<b>*SG17*</b> [x](javascript:1)"
    document = answer_meetings(ask(calendar, "SG17"), 1, [known(hostile)], ZONE)
    bullets = document.blocks[1]
    assert isinstance(bullets, Bullets)
    assert Link(hostile, "https://itu.example/sg17") in bullets.lines[0]
