"""What conversations prefer, kept."""

from datetime import time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.preferences import Echo, Preferences
from bot.domain.quiet import QuietHours
from bot.domain.storing.store import Store
from storage.preferences import _read, _written
from tests.storage.conftest import HALL, NOW, ROOM

times = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
preferences = st.builds(
    Preferences,
    zone=st.sampled_from(["UTC", "Europe/Zurich"]),
    language=st.text(max_size=8),
    digest_at=times,
    quiet=st.none() | st.builds(QuietHours, times, times),
    echo=st.frozensets(st.sampled_from(Echo)),
    changes=st.text(max_size=30),
    recap=st.booleans(),
)


@given(preferences)
@settings(deadline=None)
def test_preferences_are_read_as_they_were_written(wanted: Preferences) -> None:
    assert _read(_written(wanted)) == wanted


async def test_what_is_kept_is_there_and_moves_the_revision(store: Store) -> None:
    before, _ = await store.watches.all()
    await store.preferences.keep(ROOM, Preferences(zone="Asia/Tokyo"))
    assert await store.preferences.of(ROOM) == Preferences(zone="Asia/Tokyo")
    assert await store.preferences.of(HALL) is None
    assert await store.preferences.all() == {ROOM: Preferences(zone="Asia/Tokyo")}
    assert (await store.watches.all())[0] > before


async def test_defaults_are_remembered_once(store: Store) -> None:
    await store.preferences.begin(ROOM, Preferences(zone="Asia/Tokyo"))
    await store.preferences.begin(ROOM, Preferences(zone="UTC"))
    assert await store.preferences.of(ROOM) == Preferences(zone="Asia/Tokyo")


async def test_preferences_follow_a_conversation_that_moves(store: Store) -> None:
    await store.preferences.keep(ROOM, Preferences(zone="Asia/Tokyo"))
    await store.inbox.moved(ROOM, HALL)
    assert await store.preferences.all() == {HALL: Preferences(zone="Asia/Tokyo")}


async def test_waking_what_nobody_holds_does_nothing(store: Store) -> None:
    await store.outbox.wake(ROOM, now=NOW)
    assert not await store.outbox.release(ROOM, held=NOW, now=NOW + timedelta(hours=1), more_than=5)
