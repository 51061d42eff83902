"""Who hears of a change, how, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.alerts import UNROOTED, DeliveryKey, Outcome, Reason, Story, StoryId, Thread, Verb
from bot.domain.changes import Added, Change, Known, Missing, Updated, Withdrawn
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.outgoing import GROUPING, Plan
from bot.domain.planning import plan
from bot.domain.sources import Source, Tracked
from bot.domain.stories import begun
from bot.domain.storing.sources import Surroundings
from bot.domain.telling import Telling, Tellings, added_by, because_of
from bot.domain.watches import Hit, Match, Watch, WatchId

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROOM = Conversation("console", "main")
OTHER = Conversation("slack", "C1")


def known(key: str, title: str, *, kind: Kind = Kind.NEWS, source: str = "s", starts: date | None = None) -> Known:
    link = f"https://example.org/{key}"
    entry = Entry(key=key, kind=kind, title=title, link=link, starts=starts, ends=starts, all_day=starts is not None)
    return Known(
        id=EntryId(f"e-{source}-{key}"),
        source=SourceId(source),
        entry=entry,
        fingerprint=entry.fingerprint,
        first_seen=NOW,
        fetched_at=NOW,
    )


def watch(number: int, where: Conversation = ROOM, *, muted_until: datetime | None = None) -> Watch:
    return Watch(
        id=WatchId(number), conversation=where, query="dahua", owner="o", created_at=NOW, muted_until=muted_until
    )


def around(**given: object) -> Surroundings:
    source = Source(id=SourceId("s"), url="https://example.org", format="feed", name="S")
    defaults: dict[str, object] = {
        "tracked": Tracked(source=source, next_poll=NOW, baseline=False),
        "known": (),
        "stories": (),
        "entry_stories": {},
        "threads": (),
        "told": {},
        "recent": {},
        "revision": 1,
    }
    return Surroundings(**(defaults | given))  # type: ignore[arg-type]


def decide(
    changes: Sequence[Change],
    *watches: Watch,
    here: Surroundings | None = None,
    baseline: bool = False,
    burst: int = 5,
    said: Mapping[str, str] | None = None,
) -> Plan:
    def match(row: Known) -> list[Match]:
        if "dahua" not in row.entry.title.casefold():
            return []
        at = row.entry.title.casefold().index("dahua")
        return [Match(each.id, (Hit("title", at, at + 5, "dahua"),)) for each in watches]

    watching = {each.id: each for each in watches}
    here = here or around()
    return plan(
        changes,
        here,
        match,
        watching,
        now=NOW,
        baseline=lambda _: baseline,
        burst=burst,
        tellings=tellings(changes, here, said or {}),
    )


def tellings(changes: Sequence[Change], here: Surroundings, said: Mapping[str, str]) -> Tellings:
    """Tell stories by their headlines; what each entry says is given by its key."""
    stories = {row.entry.title: here.entry_stories[row.id] for row in here.known if row.id in here.entry_stories}
    found: dict[EntryId, Telling] = {}
    for change in changes:
        row = change.now
        if row.entry.kind is Kind.NEWS:
            story = stories.setdefault(row.entry.title, StoryId(f"story of {row.id}"))
            facts = frozenset({said[row.entry.key]} if row.entry.key in said else ())
            found[row.id] = Telling(story=story, because=("=headline",), said=facts)
    return found


def standing(row: Known, where: Conversation = ROOM) -> tuple[Story, Thread]:
    story = begun(row, NOW)
    return story, Thread(conversation=where, story=story.id, root=DeliveryKey("root-x"), opened=NOW)


def told_about(row: Known, *more: Known) -> Surroundings:
    story, thread = standing(row)
    return around(known=[row, *more], stories=[story], entry_stories={row.id: story.id}, threads=[thread])


def test_a_match_becomes_one_root_card_with_its_hits() -> None:
    made = decide([Added(now=known("a", "Dahua writes a standard"))], watch(1))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.ROOT]
    assert [(alert.outcome, alert.reason) for alert in made.alerts] == [(Outcome.SPOKEN, Reason.NEW)]
    assert made.alerts[0].hits[0].term == "dahua"
    assert made.opened[0].root == made.deliveries[0].key


def test_what_nobody_watches_leaves_no_trace() -> None:
    made = decide([Added(now=known("a", "Something else"))], watch(1))
    assert not made.alerts
    assert not made.stories


def test_two_watches_of_a_conversation_make_one_post() -> None:
    made = decide([Added(now=known("a", "Dahua writes"))], watch(1), watch(2))
    assert len(made.deliveries) == 1


def test_two_conversations_each_get_their_own() -> None:
    made = decide([Added(now=known("a", "Dahua writes"))], watch(1), watch(2, OTHER))
    assert {delivery.conversation for delivery in made.deliveries} == {ROOM, OTHER}
    assert len({delivery.key for delivery in made.deliveries}) == 2


def test_the_same_decision_has_the_same_keys() -> None:
    changes = [Added(now=known("a", "Dahua writes"))]
    assert decide(changes, watch(1)).deliveries == decide(changes, watch(1)).deliveries


def test_the_first_poll_is_recorded_and_silent() -> None:
    made = decide([Added(now=known("a", "Dahua writes"))], watch(1), baseline=True)
    assert not made.deliveries
    assert not made.opened
    assert made.alerts[0].reason is Reason.BASELINE


def test_a_muted_watch_is_recorded_and_silent() -> None:
    made = decide([Added(now=known("a", "Dahua writes"))], watch(1, muted_until=NOW + timedelta(hours=1)))
    assert not made.deliveries
    assert made.alerts[0].reason is Reason.MUTED


def test_another_outlet_with_the_same_headline_replies_in_the_thread() -> None:
    title = "Leaked papers show Dahua writing face rules"
    first = known("a", title)
    second = known("b", title, source="other")
    made = decide([Added(now=second)], watch(1), here=told_about(first))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.EDIT]
    assert [(row.verb, row.due, row.story) for row in made.digests.values()] == [
        (Verb.REPLY, NOW + GROUPING, made.alerts[0].story)
    ]
    assert (made.alerts[0].reason, made.alerts[0].outcome) == (Reason.SAME_STORY, Outcome.FOLDED)
    assert not made.opened


def version(number: int) -> Known:
    return known(f"v{number}", "Leaked papers show Dahua writing face rules", source=f"s{number}")


def test_versions_of_one_time_make_one_reply_and_later_ones_wait_longer() -> None:
    first = version(0)
    here = told_about(first)
    made = decide([Added(now=version(1)), Added(now=version(2))], watch(1), here=here)
    (group,) = made.digests
    assert {alert.digest for alert in made.alerts} == {group}
    assert [row.verb for row in made.deliveries] == [Verb.EDIT]
    old = replace(here, threads=[replace(here.threads[0], opened=NOW - timedelta(hours=5))])
    later = decide([Added(now=version(3))], watch(1), here=old)
    assert [row.due for row in later.digests.values()] == [NOW + timedelta(hours=3)]
    older = replace(here, threads=[replace(here.threads[0], opened=NOW - timedelta(days=9, hours=1))])
    daily = decide([Added(now=version(3))], watch(1), here=older)
    assert all(row.due - NOW <= timedelta(hours=24) for row in daily.digests.values())


def test_a_version_that_says_something_new_is_told_at_once() -> None:
    first = version(0)
    made = decide([Added(now=version(1))], watch(1), here=told_about(first), said={"v1": "date 2026-07-01"})
    assert [row.verb for row in made.deliveries] == [Verb.REPLY, Verb.EDIT]
    assert made.alerts[0].reason is Reason.ADDS
    assert added_by(made.alerts[0].detail) == ("date 2026-07-01",)
    assert because_of(made.alerts[0].detail) == ("=headline",)
    story = made.stories[made.alerts[0].story]
    again = replace(told_about(first), stories=[story])
    repeated = decide([Added(now=version(2))], watch(1), here=again, said={"v2": "date 2026-07-01"})
    assert repeated.alerts[0].reason is Reason.SAME_STORY


def test_both_versions_on_one_page_make_one_thread() -> None:
    title = "Leaked papers show Dahua writing face rules"
    made = decide([Added(now=known("a", title)), Added(now=known("b", title))], watch(1))
    verbs = [delivery.verb for delivery in made.deliveries]
    assert verbs[0] is Verb.ROOT
    assert verbs.count(Verb.ROOT) == 1


def test_a_burst_becomes_one_digest_and_drops_nothing() -> None:
    changes = [
        Added(now=known(str(n), f"Dahua report number {n} on a subject of its own {n * 7919}")) for n in range(9)
    ]
    made = decide(changes, watch(1))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.DIGEST]
    assert [alert.outcome for alert in made.alerts] == [Outcome.FOLDED] * 9
    assert [thread.root for thread in made.opened] == [UNROOTED] * 9


def test_posts_of_the_last_minute_count_for_the_burst() -> None:
    changes = [Added(now=known(str(n), f"Dahua story {n}")) for n in range(2)]
    made = decide(changes, watch(1), here=around(recent={ROOM: 4}))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.DIGEST]


def test_a_busy_conversation_folds_and_a_quiet_one_does_not() -> None:
    changes = [Added(now=known(str(n), f"Dahua story {n}")) for n in range(2)]
    made = decide(changes, watch(1), watch(2, OTHER), here=around(recent={ROOM: 4}))
    assert sorted((str(row.conversation), row.verb) for row in made.deliveries) == [
        ("console:main", Verb.DIGEST),
        ("slack:C1", Verb.ROOT),
        ("slack:C1", Verb.ROOT),
    ]


def test_a_folded_story_told_again_on_the_page_stays_in_the_digest() -> None:
    title = "Leaked papers show Dahua writing face rules"
    rows = [known(str(n), f"Dahua report {n} {n * 7919}") for n in range(6)]
    changes = [Added(now=row) for row in (*rows, known("x", title), known("y", title))]
    made = decide(changes, watch(1))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.DIGEST]
    assert all(alert.outcome is Outcome.FOLDED for alert in made.alerts)


def moved(row: Known) -> Updated:
    entry = replace(row.entry, starts=date(2026, 7, 13), ends=date(2026, 7, 13))
    now = replace(row, entry=entry, fingerprint=entry.fingerprint, versions=1)
    return Updated(before=row, now=now, fields=("starts", "ends"))


def test_a_moved_meeting_replies_and_edits_its_card() -> None:
    row = known("m", "SG21 with Dahua", kind=Kind.MEETING, starts=date(2026, 7, 6))
    made = decide([moved(row)], watch(1), here=told_about(row))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.REPLY, Verb.EDIT]
    assert made.alerts[0].reason is Reason.MOVED


def test_a_move_of_a_meeting_known_since_the_baseline_opens_a_card() -> None:
    row = known("m", "SG21 with Dahua", kind=Kind.MEETING, starts=date(2026, 7, 6))
    made = decide([moved(row)], watch(1), here=around(known=[row]))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.ROOT]
    assert made.alerts[0].reason is Reason.MOVED


def edited(row: Known, title: str) -> Updated:
    entry = replace(row.entry, title=title)
    return Updated(
        before=row, now=replace(row, entry=entry, fingerprint=entry.fingerprint, versions=1), fields=("title",)
    )


def test_a_corrected_headline_only_edits_the_card() -> None:
    row = known("a", "Dahua writes a standrad")
    made = decide([edited(row, "Dahua writes a standard")], watch(1), here=told_about(row))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.EDIT]


def test_an_edit_that_brings_the_watched_word_is_posted() -> None:
    row = known("a", "A company writes a standard")
    made = decide([edited(row, "Dahua writes a standard")], watch(1), here=around(known=[row]))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.ROOT]
    assert made.alerts[0].reason is Reason.NEWLY_MATCHES


def test_an_edit_of_what_matched_at_the_baseline_stays_silent() -> None:
    row = known("a", "Dahua writes a standrad")
    made = decide([edited(row, "Dahua writes a standard")], watch(1), here=around(known=[row]))
    assert not made.deliveries
    assert made.alerts[0].reason is Reason.COSMETIC


def test_cancelled_and_missing_say_so_in_the_thread() -> None:
    row = known("m", "SG21 with Dahua", kind=Kind.MEETING, starts=date(2026, 7, 6))
    cancelled = Withdrawn(before=row, now=replace(row, entry=replace(row.entry, status="cancelled"), versions=1))
    for change, reason in ((cancelled, Reason.WITHDRAWN), (Missing(now=row), Reason.MISSING)):
        made = decide([change], watch(1), here=told_about(row))
        assert [delivery.verb for delivery in made.deliveries] == [Verb.REPLY, Verb.EDIT]
        assert made.alerts[0].reason is reason


def repetition(key: str, day: int) -> Known:
    row = known(key, "Weekly call with Dahua", kind=Kind.MEETING, starts=date(2026, 7, day))
    return replace(row, entry=replace(row.entry, facts={"uid": "u1", "recurring": "RRULE:FREQ=WEEKLY"}))


def test_a_weekly_meeting_is_one_card_however_often_it_repeats() -> None:
    made = decide([Added(now=repetition(f"u1/{day}", day)) for day in range(1, 20)], watch(1))
    assert [delivery.verb for delivery in made.deliveries] == [Verb.ROOT]


def test_one_more_repetition_of_a_known_series_is_no_news() -> None:
    made = decide([Added(now=repetition("u1/20", 20))], watch(1), here=around(known=[repetition("u1/13", 13)]))
    assert not made.deliveries
    assert made.alerts[0].reason is Reason.COSMETIC


def test_every_spoken_alert_has_a_delivery_and_every_folded_one_a_digest() -> None:
    changes = [Added(now=known(str(n), f"Dahua story {n} {n * 104729}")) for n in range(12)]
    made = decide(changes, watch(1), watch(2, OTHER), here=around(recent={ROOM: 5}), burst=20)
    spoken = {alert.id for alert in made.alerts if alert.outcome is Outcome.SPOKEN}
    assert spoken == {row.alert for row in made.deliveries if row.verb is Verb.ROOT}
    folded_in = {alert.conversation for alert in made.alerts if alert.outcome is Outcome.FOLDED}
    assert folded_in == {row.conversation for row in made.deliveries if row.verb is Verb.DIGEST}
