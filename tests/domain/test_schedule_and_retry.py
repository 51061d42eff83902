"""When a source is asked again, and what becomes of a message that was not taken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import SourceId
from bot.domain.errors import ChatDown, RateLimited, Unauthorised, Undeliverable
from bot.domain.retry import Again, GiveUp, Halt, Park, decide
from bot.domain.schedule import LONGEST, after_failure, after_success
from bot.domain.sources import Health, Hints, Source, Tracked

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEAST = timedelta(minutes=5)
SOURCE = Source(id=SourceId("s"), url="https://example.org", format="feed", name="S", interval=timedelta(hours=1))


def tracked(**health: object) -> Tracked:
    return Tracked(source=SOURCE, next_poll=NOW, health=Health(**health))  # type: ignore[arg-type]


def test_a_good_source_is_asked_again_after_its_interval_and_up_to_a_tenth_more() -> None:
    due = after_success(tracked(newest=NOW), Hints(), now=NOW, least=LEAST)
    assert timedelta(hours=1) <= due - NOW <= timedelta(minutes=66)


def test_the_server_may_ask_for_more_patience() -> None:
    due = after_success(tracked(newest=NOW), Hints(at_least=timedelta(hours=6)), now=NOW, least=LEAST)
    assert due - NOW >= timedelta(hours=6)


def test_a_quiet_source_is_asked_less_often() -> None:
    lively = after_success(tracked(newest=NOW), Hints(), now=NOW, least=LEAST)
    quiet = after_success(tracked(newest=NOW - timedelta(days=60)), Hints(), now=NOW, least=LEAST)
    assert quiet - NOW > 3 * (lively - NOW)


def test_retry_after_is_kept() -> None:
    wait = timedelta(hours=9)
    assert after_failure(tracked(failures=1), now=NOW, least=LEAST, retry_after=wait) - NOW >= wait


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(60, 10**6), st.integers(0, 10**6))
def test_the_next_poll_is_never_in_the_past_nor_too_far(failures: int, interval: int, asked: int) -> None:
    row = replace(tracked(failures=failures), source=replace(SOURCE, interval=timedelta(seconds=interval)))
    hints = Hints(at_least=timedelta(seconds=asked))
    for due in (
        after_success(row, hints, now=NOW, least=LEAST),
        after_failure(row, now=NOW, least=LEAST, retry_after=None),
    ):
        assert NOW + LEAST <= due <= NOW + LONGEST * 1.1


def test_an_outage_is_never_a_reason_to_lose_a_message() -> None:
    for attempts in range(200):
        decision = decide(ChatDown("down"), attempts, NOW)
        assert isinstance(decision, Again)
        assert NOW < decision.at <= NOW + timedelta(minutes=15)


def test_each_error_has_its_consequence() -> None:
    assert decide(RateLimited("slow", retry_after=timedelta(seconds=30)), 1, NOW) == Again(NOW + timedelta(seconds=30))
    assert decide(Undeliverable("too long"), 1, NOW) == GiveUp("too long")
    assert decide(Undeliverable("archived", closed=True), 1, NOW) == Park("archived")
    assert decide(Unauthorised("revoked"), 1, NOW) == Halt("revoked")
