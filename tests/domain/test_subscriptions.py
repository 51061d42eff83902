"""What a subscription to passed stages alone hears of, and what is recorded of the rest."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.alerts import Alert, Outcome, Reason
from bot.domain.changes import Added, Change, Known, Missing, Updated, Withdrawn
from bot.domain.chat import Conversation
from bot.domain.diff import differences
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.outgoing import Plan
from bot.domain.planning import plan
from bot.domain.sources import Source, Tracked
from bot.domain.storing.sources import Surroundings
from bot.domain.subscriptions import wants
from bot.domain.watches import Match, Scope, Watch, WatchId

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROOM, OTHER = Conversation("page", "room"), Conversation("page", "other")


def row(kind: Kind = Kind.WORK_ITEM, *, title: str = "Vehicle recognition", status: str = "", **facts: str) -> Known:
    entry = Entry(key="k", kind=kind, title=title, link="https://e.example/k", status=status or None, facts=facts)
    return Known(
        id=EntryId("e"),
        source=SourceId("s"),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        fetched_at=NOW,
    )


def changed(before: Known, now: Known) -> Updated:
    return Updated(before=before, now=now, fields=tuple(differences(before.entry, now.entry)))


def subscription(number: int, scope: Scope, where: Conversation = ROOM) -> Watch:
    return Watch(id=WatchId(number), conversation=where, query='group:"SG21"', owner="o", created_at=NOW, scope=scope)


STUDY, CONSENTED = row(stage="under study"), row(stage="consented")


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        (Added(now=STUDY), True),
        (Added(now=row(Kind.PUBLICATION, stage="in force")), True),
        (Added(now=row(Kind.DOCUMENT, stage="x")), False),
        (Added(now=row(Kind.NEWS)), False),
        (Added(now=row(Kind.MEETING, status="confirmed")), False),
        (changed(STUDY, CONSENTED), True),
        (changed(STUDY, row(stage="under study", timing="2027")), False),
        (changed(STUDY, row(stage="under study", title="Vehicle recognition in lamps")), False),
        (changed(row(Kind.MEETING), row(Kind.MEETING, status="postponed")), True),
        (Withdrawn(before=row(Kind.MEETING), now=row(Kind.MEETING, status="cancelled")), True),
        (Missing(now=STUDY), False),
    ],
)
def test_stages_alone_means_passed_stages_and_changed_status(change: Change, heard: bool) -> None:  # noqa: FBT001
    assert wants(subscription(1, Scope.STAGES), change) is heard
    assert wants(subscription(1, Scope.ALL), change)
    assert wants(subscription(1, Scope.WATCH), change)


def around(**given: object) -> Surroundings:
    source = Source(id=SourceId("s"), url="https://e.example", format="feed", name="S")
    told: dict[str, object] = {
        "tracked": Tracked(source=source, next_poll=NOW, baseline=False),
        "known": (),
        "stories": (),
        "entry_stories": {},
        "threads": (),
        "told": {},
        "recent": {},
        "revision": 1,
    }
    return Surroundings(**(told | given))  # type: ignore[arg-type]


def decide(change: Change, *watches: Watch, here: Surroundings | None = None) -> Plan:
    return plan(
        [change],
        here or around(),
        lambda _: [Match(each.id, ()) for each in watches],
        {each.id: each for each in watches},
        now=NOW,
        baseline=lambda _: False,
        burst=5,
    )


def decided(made: Plan) -> dict[Conversation, tuple[Outcome, Reason]]:
    def of(alert: Alert) -> tuple[Outcome, Reason]:
        return alert.outcome, alert.reason

    return {alert.conversation: of(alert) for alert in made.alerts}


def test_what_is_not_asked_for_is_recorded_and_silent_and_others_hear_it() -> None:
    slip = changed(STUDY, row(stage="under study", timing="2028"))
    made = decide(slip, subscription(1, Scope.STAGES), subscription(2, Scope.ALL, OTHER))
    assert decided(made)[ROOM] == (Outcome.SILENT, Reason.UNASKED)
    assert decided(made)[OTHER][0] is Outcome.SPOKEN
    assert {delivery.conversation for delivery in made.deliveries} == {OTHER}


def test_a_passed_stage_opens_a_card_though_the_item_was_passed_over_before() -> None:
    item = subscription(1, Scope.STAGES)
    told = around(known=[STUDY], told={STUDY.id: frozenset({(ROOM, item.id)})})
    made = decide(changed(STUDY, CONSENTED), item, here=told)
    assert [delivery.conversation for delivery in made.deliveries] == [ROOM]


def test_in_a_thread_that_stands_a_slip_is_silent_and_a_stage_is_told() -> None:
    item = subscription(1, Scope.STAGES)
    first = decide(Added(now=STUDY), item)
    [thread], [story] = first.opened, list(first.stories.values())
    here = around(known=[STUDY], stories=[story], entry_stories={STUDY.id: story.id}, threads=[thread])
    slip = row(stage="under study", timing="2028")
    assert not decide(changed(STUDY, slip), item, here=here).deliveries
    assert decide(changed(STUDY, CONSENTED), item, here=here).deliveries


def test_a_watch_of_the_same_conversation_is_not_held_back_by_its_subscription() -> None:
    slip = changed(STUDY, row(stage="under study", timing="2028"))
    words = replace(subscription(2, Scope.WATCH), query="vehicle")
    made = decide(slip, subscription(1, Scope.STAGES), words)
    assert decided(made)[ROOM][0] is Outcome.SPOKEN
