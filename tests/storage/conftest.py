"""A store per test, and the things to put into it.

The suite speaks to the `Store` port only, so that another database is one more parameter of `url`.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.alerts import Alert, AlertId, Delivery, DeliveryKey, Outcome, Reason, Story, StoryId, Thread, Verb
from bot.domain.changes import Known
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.sources import Source, Tracked
from bot.domain.storing.sources import Outcomes
from bot.domain.storing.store import Store
from bot.domain.watches import WatchId
from storage import open_store

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LEASE = timedelta(minutes=1)
ITU = SourceId("itu")
ROOM = Conversation("console", "room")
HALL = Conversation("console", "hall")


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url) as opened:
        yield opened


def a_source(name: str = "itu", **fields: object) -> Source:
    base = Source(id=SourceId(name), url=f"https://{name}.example/feed", format="feed", name=name.upper())
    return replace(base, **fields)  # type: ignore[arg-type]


def news(key: str, **fields: object) -> Entry:
    base = Entry(key=key, kind=Kind.NEWS, title=f"News {key}", link=f"https://itu.example/{key}", text="Words.")
    return replace(base, **fields)  # type: ignore[arg-type]


def a_meeting(key: str, first: date, last: date | None = None, **fields: object) -> Entry:
    base = Entry(key=key, kind=Kind.MEETING, title=f"Meeting {key}", starts=first, ends=last, all_day=True)
    return replace(base, **fields)  # type: ignore[arg-type]


def seen(entry: Entry, *, id_: str | None = None, source: str = "itu", at: datetime = NOW) -> Known:
    return Known(
        id=EntryId(id_ or f"id-{entry.key}"),
        source=SourceId(source),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=at,
        body_hash="b0d1",
        url="https://itu.example/feed",
        fetched_at=at,
    )


def a_story(name: str = "s", *, at: datetime = NOW) -> Story:
    facts, identities = frozenset({"company ZTE", "document H.264"}), frozenset({f"https://itu.example/{name}"})
    return Story(id=StoryId(name), title=f"Story {name}", said=facts, identities=identities, first_at=at, last_at=at)


def an_alert(
    name: str,
    *,
    where: Conversation = ROOM,
    story: str = "s",
    about: Known | None = None,
    outcome: Outcome = Outcome.SPOKEN,
    reason: Reason = Reason.NEW,
    at: datetime = NOW,
    watch: int | None = None,
) -> Alert:
    row = about or seen(news("k"))
    return Alert(
        id=AlertId(name),
        conversation=where,
        story=StoryId(story),
        entry=row.id,
        outcome=outcome,
        reason=reason,
        at=at,
        now=row,
        watch=None if watch is None else WatchId(watch),
    )


def a_delivery(
    key: str,
    verb: Verb = Verb.NOTE,
    *,
    where: Conversation = ROOM,
    due: datetime = NOW,
    alert: str | None = None,
    story: str | None = None,
) -> Delivery:
    return Delivery(
        key=DeliveryKey(key),
        conversation=where,
        verb=verb,
        due=due,
        alert=None if alert is None else AlertId(alert),
        story=None if story is None else StoryId(story),
        text="words" if verb is Verb.NOTE else "",
    )


def a_thread(root: str, *, where: Conversation = ROOM, story: str = "s", opened: datetime = NOW) -> Thread:
    return Thread(conversation=where, story=StoryId(story), root=DeliveryKey(root), opened=opened)


async def leased(store: Store, source: Source | None = None, *, owner: str = "me", now: datetime = NOW) -> Tracked:
    """Declare one source, if it is not there, and lease it."""
    chosen = source or a_source()
    await store.sources.declare([chosen], origin=chosen.origin, now=now)
    [tracked] = await store.sources.claim(now=now, owner=owner, lease=LEASE, limit=1)
    return tracked


async def commit(
    store: Store,
    added: Sequence[Known] = (),
    *,
    owner: str = "me",
    stories: Sequence[Story] = (),
    threads: Sequence[Thread] = (),
    alerts: Sequence[Alert] = (),
    deliveries: Sequence[Delivery] = (),
    digests: Sequence[Delivery] = (),
    joined: dict[str, str] | None = None,
    updated: Sequence[Known] = (),
    now: datetime = NOW,
) -> None:
    """Poll `itu` with these outcomes; it is due again at once."""
    tracked = await leased(store, owner=owner, now=now)
    around = await store.sources.surroundings(ITU, [], now=now)
    await store.sources.commit(
        Outcomes(
            tracked=tracked,
            owner=owner,
            revision=around.revision,
            stories_revision=around.stories_revision,
            added=added,
            updated=updated,
            stories=stories,
            joined={EntryId(entry): StoryId(story) for entry, story in (joined or {}).items()},
            threads=threads,
            alerts=alerts,
            deliveries=deliveries,
            digests=digests,
        )
    )
