"""Quiet hours by the clock of a zone, and what breaks through them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alerts import Alert, AlertId, Delivery, DeliveryKey, Outcome, Reason, StoryId, Verb
from bot.domain.changes import Known
from bot.domain.chat import Command, Conversation
from bot.domain.entries import Entry, EntryId, Fact, Kind, SourceId
from bot.domain.preferences import Echo, Preferences, echo_of, person
from bot.domain.quiet import QuietHours, breaks_through, clock_time, deadlines, quiet_hours, with_urgency

ZURICH = ZoneInfo("Europe/Zurich")
NIGHT = QuietHours(time(22), time(7))
ROOM = Conversation("page", "room")
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def at(text: str) -> datetime:
    """Read a wall-clock time in Zurich, such as "2026-06-01 23:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-01 21:59", None),
        ("2026-06-01 22:00", "2026-06-02 07:00"),
        ("2026-06-02 03:00", "2026-06-02 07:00"),
        ("2026-06-02 06:59", "2026-06-02 07:00"),
        ("2026-06-02 07:00", None),
        ("2026-10-24 23:00", "2026-10-25 07:00"),
        ("2026-03-28 23:00", "2026-03-29 07:00"),
    ],
)
def test_a_night_is_quiet_until_its_morning(now: str, until: str | None) -> None:
    assert NIGHT.until(at(now), ZURICH) == (at(until) if until else None)


def test_a_night_in_which_clocks_change_is_an_hour_longer_or_shorter() -> None:
    def slept(evening: str) -> timedelta:
        start = at(evening)
        end = NIGHT.until(start, ZURICH)
        assert end is not None
        return end - start

    assert slept("2026-06-01 22:00") == timedelta(hours=9)
    assert slept("2026-10-24 22:00") == timedelta(hours=10)
    assert slept("2026-03-28 22:00") == timedelta(hours=8)


def test_an_hour_that_comes_twice_is_quiet_both_times() -> None:
    hours = QuietHours(time(1), time(2, 30))
    first = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    end = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert hours.until(first, ZURICH) == end
    assert hours.until(datetime(2026, 10, 25, 0, 45, tzinfo=UTC), ZURICH) == end
    assert hours.until(end, ZURICH) is None


def test_an_end_that_a_clock_skips_comes_when_it_has_moved_on() -> None:
    end = QuietHours(time(1), time(2, 30)).until(at("2026-03-29 01:30"), ZURICH)
    assert end is not None
    assert end.astimezone(ZURICH).strftime("%H:%M") == "03:30"


def test_quiet_hours_may_lie_within_a_day() -> None:
    noon = QuietHours(time(12), time(14))
    assert noon.until(at("2026-06-01 13:00"), ZURICH) == at("2026-06-01 14:00")
    assert noon.until(at("2026-06-01 14:00"), ZURICH) is None
    assert noon.until(at("2026-06-01 11:59"), ZURICH) is None


minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
zones = st.sampled_from(["UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])


@given(minutes, minutes, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), zones)  # noqa: DTZ001
@settings(deadline=None)
def test_quiet_ends_after_now_and_within_a_day_and_is_over_then(
    start: time, end: time, now: datetime, name: str
) -> None:
    if start == end:
        return
    hours, instant, zone = QuietHours(start, end), now.replace(tzinfo=UTC), ZoneInfo(name)
    until = hours.until(instant, zone)
    if until is None:
        return
    assert instant < until <= instant + timedelta(hours=25)
    again = hours.until(until, zone)
    assert again is None or (again - until) <= timedelta(hours=24)
    assert quiet_hours(str(hours)) == hours


@pytest.mark.parametrize("text", ["22:00-07:00", "22-7", "22.00 – 07.00", "22h00 to 7h00", " 22 - 07:00 "])
def test_quiet_hours_are_read_as_people_write_them(text: str) -> None:
    assert quiet_hours(text) == NIGHT


@pytest.mark.parametrize("text", ["", "22", "22-", "25-7", "22:60-7", "22:00-22:00", "a-b", "1-2-3", "night"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        quiet_hours(text)


def test_a_time_of_day_is_read_in_several_ways() -> None:
    assert [clock_time(text) for text in ("08:30", "8.30", "8h30", "8", "24", "8:5", "")] == [
        *[time(8, 30)] * 3,
        time(8),
        *[None] * 3,
    ]


def alert(reason: Reason, before: Entry | None = None, /, **facts: Fact) -> Alert:
    entry = Entry(key="k", kind=Kind.MEETING, title="Meeting", starts=date(2026, 7, 6), all_day=True, facts=facts)
    row = Known(
        id=EntryId("e"),
        source=SourceId("itu"),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        body_hash="",
        url="",
        fetched_at=NOW,
    )
    return Alert(
        id=AlertId("a"),
        conversation=ROOM,
        story=StoryId("s"),
        entry=row.id,
        outcome=Outcome.SPOKEN,
        reason=reason,
        at=NOW,
        now=row,
        before=before,
    )


def test_what_is_cancelled_breaks_through() -> None:
    assert breaks_through(alert(Reason.WITHDRAWN), ZURICH)
    assert not breaks_through(alert(Reason.MOVED), ZURICH)
    assert not breaks_through(alert(Reason.MISSING), ZURICH)


@pytest.mark.parametrize(
    ("due", "through"), [("2026-05-31", False), ("2026-06-01", True), ("2026-06-04", True), ("2026-06-05", False)]
)
def test_a_deadline_within_72_hours_breaks_through(due: str, *, through: bool) -> None:
    assert breaks_through(alert(Reason.REMINDER, contribution_deadline=due), ZURICH) is through
    assert breaks_through(alert(Reason.NEW, last_call_until=due), ZURICH) is through
    assert not breaks_through(alert(Reason.SAME_STORY, contribution_deadline=due), ZURICH)


def test_a_deadline_that_is_no_day_is_none() -> None:
    assert deadlines(alert(Reason.NEW, contribution_deadline="soon", reply_by=("x",)).now.entry) == ()


def test_only_what_speaks_of_an_urgent_alert_is_urgent() -> None:
    deliveries = [
        Delivery(key=DeliveryKey("1"), conversation=ROOM, verb=Verb.REPLY, due=NOW, alert=AlertId("a")),
        Delivery(key=DeliveryKey("2"), conversation=ROOM, verb=Verb.REPLY, due=NOW, alert=AlertId("b")),
    ]
    marked = with_urgency(deliveries, [alert(Reason.WITHDRAWN)], lambda _where: ZURICH)
    assert [one.urgent for one in marked] == [True, False]


def test_a_move_a_cancellation_a_stage_and_a_nearer_deadline_are_said_aloud() -> None:
    before = alert(Reason.NEW, contribution_deadline="2026-06-24", stage="under study").now.entry
    assert echo_of(alert(Reason.MOVED)) is Echo.MOVED
    assert echo_of(alert(Reason.WITHDRAWN)) is Echo.CANCELLED
    assert echo_of(alert(Reason.ADDS)) is Echo.NEWS
    assert echo_of(alert(Reason.SAME_STORY)) is None
    changed = {"contribution_deadline": "2026-06-24", "stage": "consented"}
    assert echo_of(alert(Reason.CHANGED, before, **changed)) is Echo.STAGE
    nearer = {"contribution_deadline": "2026-06-20", "stage": "under study"}
    assert echo_of(alert(Reason.CHANGED, before, **nearer)) is Echo.DEADLINE
    later = {"contribution_deadline": "2026-06-30", "stage": "under study"}
    assert echo_of(alert(Reason.CHANGED, before, **later)) is None
    assert echo_of(alert(Reason.SAME_STORY)) is None


def typed_by(user: str, *, moderator: bool | None = None) -> Command:
    return Command(conversation=ROOM, user=user, text="save", moderator=moderator)


def test_who_may_change_things_is_everyone_moderators_or_named_people() -> None:
    assert Preferences().may_change(typed_by("ana"))
    moderators = Preferences(changes="moderators")
    assert [moderators.may_change(typed_by("ana", moderator=who)) for who in (True, False, None)] == [
        True,
        False,
        False,
    ]
    named = Preferences(changes="ana ben")
    assert named.may_change(typed_by("@Ana"))
    assert not named.may_change(typed_by("anabel"))
    assert not named.may_change(typed_by("moderators"))
    assert named.may_change(typed_by("zoe", moderator=True))
    assert person("<@U123>") == person("U123")
