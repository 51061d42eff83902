"""What is to be said, and what was."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.alerts import Alert, DeliveryKey, Outcome, Parcel, Verb
from bot.domain.chat import Conversation, Receipt
from bot.domain.storing.store import Store
from tests.storage.conftest import (
    HALL,
    LEASE,
    NOW,
    ROOM,
    a_delivery,
    a_meeting,
    a_story,
    a_thread,
    an_alert,
    commit,
    news,
    seen,
)

MINUTE = timedelta(minutes=1)


async def claim(
    store: Store, *, owner: str = "me", busy: tuple[Conversation, ...] = (), after: int = 0
) -> list[Parcel]:
    now = NOW + after * MINUTE
    return list(await store.outbox.claim(now=now, owner=owner, lease=LEASE, busy=busy, limit=99))


async def keys(store: Store, **how: object) -> list[str]:
    return [parcel.delivery.key for parcel in await claim(store, **how)]  # type: ignore[arg-type]


async def sent(store: Store, key: str, receipt: str = "", *, owner: str = "me") -> None:
    await store.outbox.sent(DeliveryKey(key), Receipt(receipt or f"r-{key}"), owner=owner, now=NOW + MINUTE)


async def gave_up(store: Store, key: str, *, owner: str = "me") -> None:
    await store.outbox.gave_up(DeliveryKey(key), owner=owner, why="no", now=NOW)


async def test_a_note_is_delivered_as_it_was_enqueued_and_once(store: Store) -> None:
    note = a_delivery("n")
    await store.outbox.enqueue([note])
    await store.outbox.enqueue([replace(note, text="other words")])
    [parcel] = await claim(store)
    assert parcel == Parcel(delivery=note, sources={}, watches={})
    await sent(store, "n")
    await store.outbox.enqueue([note])
    assert await keys(store, after=5) == []


async def test_a_conversation_gives_its_oldest_only_and_others_do_not_wait_for_it(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("b"), a_delivery("a"), a_delivery("c", where=HALL)])
    assert await keys(store) == ["b", "c"]
    assert await keys(store) == []
    await sent(store, "b")
    assert await keys(store) == ["a"]


async def test_a_delivery_not_due_holds_its_lane(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("later", due=NOW + 2 * MINUTE), a_delivery("next")])
    assert await keys(store) == []
    assert await keys(store, after=2) == ["later"]


async def test_busy_and_parked_conversations_are_left_alone(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("a"), a_delivery("b", where=HALL)])
    await store.outbox.park(HALL, "closed")
    assert await keys(store, busy=(ROOM,)) == []
    await store.outbox.park(HALL, None)
    assert await keys(store, busy=(ROOM,)) == ["b"]


async def test_an_expired_lease_passes_to_another_owner(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("a")])
    assert await keys(store, owner="dead") == ["a"]
    assert await keys(store, owner="alive", after=1) == ["a"]
    await store.outbox.again(DeliveryKey("a"), owner="dead", at=NOW, attempts=9, why="late")
    await gave_up(store, "a", owner="dead")
    assert await keys(store, after=1) == []
    assert (await store.outbox.backlog()).failed == 0


async def test_trying_again_waits_and_counts(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("a"), a_delivery("b")])
    await claim(store)
    await store.outbox.again(DeliveryKey("a"), owner="me", at=NOW + 3 * MINUTE, attempts=1, why="down")
    assert await keys(store, after=2) == []
    [parcel] = await claim(store, after=3)
    assert (parcel.delivery.key, parcel.delivery.attempts) == ("a", 1)


async def test_giving_up_lets_the_lane_go_on(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("a"), a_delivery("b")])
    await claim(store)
    await gave_up(store, "a")
    assert await keys(store) == ["b"]
    assert (await store.outbox.backlog()).failed == 1


async def test_a_late_word_that_it_was_posted_counts_once(store: Store) -> None:
    root = a_delivery("root", Verb.ROOT, story="s", alert="al")
    await commit(store, threads=[a_thread("root")], alerts=[an_alert("al")], deliveries=[root])
    await claim(store, owner="slow")
    await claim(store, owner="other", after=2)
    await sent(store, "root", "first", owner="slow")
    await sent(store, "root", "second", owner="other")
    await store.outbox.enqueue([a_delivery("reply", Verb.REPLY, story="s", alert="al")])
    [reply] = await claim(store, after=9)
    assert reply.root == "first"


async def test_settling_may_lease_the_next_of_the_lane_if_it_is_due_and_nothing_holds_it(store: Store) -> None:
    later = replace(a_delivery("later"), due=NOW + MINUTE)
    await store.outbox.enqueue([a_delivery("one"), a_delivery("two"), later, a_delivery("x", where=HALL)])
    [first, _] = await claim(store)
    second = await store.outbox.sent(first.delivery.key, Receipt("r"), now=NOW, owner="me", lease=MINUTE)
    assert second is not None
    assert second.delivery.key == "two"
    assert await keys(store) == []
    assert await store.outbox.sent(second.delivery.key, Receipt("r"), now=NOW, owner="me", lease=MINUTE) is None
    await store.outbox.park(ROOM, "archived")
    assert (
        await store.outbox.sent(second.delivery.key, Receipt("r"), now=NOW + MINUTE, owner="me", lease=MINUTE) is None
    )


async def test_a_root_carries_its_alert_and_the_names_of_source_and_watch(store: Store) -> None:
    watch = await store.watches.add(ROOM, "zte", owner="u", note="", now=NOW)
    alert = an_alert("al", watch=watch.id)
    root = a_delivery("root", Verb.ROOT, alert="al", story="s")
    await commit(store, [alert.now], threads=[a_thread("root")], alerts=[alert], deliveries=[root])
    await store.watches.remove(watch.id)
    assert await claim(store) == [
        Parcel(delivery=root, alerts=(alert,), root=None, sources={"itu": "ITU"}, watches={watch.id: "zte"})
    ]


async def test_replies_and_edits_find_the_message_that_the_root_became(store: Store) -> None:
    alerts = [
        an_alert("a1", at=NOW),
        an_alert("a2", at=NOW + MINUTE),
        an_alert("quiet", at=NOW, outcome=Outcome.SILENT),
        an_alert("elsewhere", where=HALL),
        an_alert("other", story="other"),
    ]
    deliveries = [
        a_delivery("root", Verb.ROOT, alert="a1", story="s"),
        a_delivery("reply", Verb.REPLY, alert="a2", story="s"),
        a_delivery("edit", Verb.EDIT, alert="a2", story="s"),
    ]
    await commit(store, threads=[a_thread("root")], alerts=alerts, deliveries=deliveries)
    await claim(store)
    await sent(store, "root")
    [reply] = await claim(store)
    assert (reply.root, reply.alerts) == ("r-root", (alerts[1],))
    await sent(store, "reply")
    [edit] = await claim(store)
    assert (edit.root, edit.alerts) == ("r-root", tuple(alerts[:2]))
    await sent(store, "edit", "anew")
    await store.outbox.enqueue([a_delivery("more", Verb.REPLY, story="s")])
    [more] = await claim(store)
    assert more.root == "anew"


async def test_a_reply_whose_root_failed_opens_the_thread_itself(store: Store) -> None:
    deliveries = [
        a_delivery("root", Verb.ROOT, story="s"),
        a_delivery("edit", Verb.EDIT, story="s"),
        a_delivery("reply", Verb.REPLY, story="s"),
        a_delivery("next", Verb.REPLY, story="s"),
    ]
    await commit(store, threads=[a_thread("root")], deliveries=deliveries)
    await claim(store)
    await gave_up(store, "root")
    [edit] = await claim(store)
    assert edit.root is None
    await gave_up(store, "edit")
    [reply] = await claim(store)
    assert reply.root is None
    await sent(store, "reply")
    [after] = await claim(store)
    assert after.root == "r-reply"


def folds(*names: str, story: str = "s", where: Conversation = ROOM) -> list[Alert]:
    return [an_alert(name, story=f"{story}-{name}", outcome=Outcome.FOLDED, where=where) for name in names]


async def test_a_digest_takes_what_is_folded_when_it_is_claimed_and_nothing_later(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("d1", Verb.DIGEST)], folds("a", "b") + folds("x", where=HALL))
    await store.outbox.enqueue([a_delivery("d2", Verb.DIGEST)], folds("c"))
    [digest] = await claim(store)
    assert [alert.id for alert in digest.alerts] == ["a", "b", "c"]
    await store.outbox.enqueue([a_delivery("d3", Verb.DIGEST)], folds("late"))
    [again] = await claim(store, after=1)
    assert (again.delivery.key, again.alerts) == ("d1", digest.alerts)
    await sent(store, "d1")
    [later] = await claim(store)
    assert (later.delivery.key, [alert.id for alert in later.alerts]) == ("d3", ["late"])


async def test_a_digest_of_one_conversation_does_not_stop_another_ones(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("d1", Verb.DIGEST), a_delivery("d2", Verb.DIGEST, where=HALL)])
    assert await keys(store) == ["d1", "d2"]


async def test_folded_stories_stand_in_the_thread_of_their_digest(store: Store) -> None:
    alerts = folds("a", "b", "c", "e")
    threads = [
        a_thread("", story="s-a"),
        a_thread("ignored digest", story="s-b"),
        a_thread("failed", story="s-e"),
        a_thread("posted", story="s-p"),
    ]
    deliveries = [
        a_delivery("posted", Verb.ROOT, story="s-p"),
        a_delivery("failed", Verb.ROOT, story="s-e"),
        a_delivery("d1", Verb.DIGEST),
    ]
    again = an_alert("p", story="s-p", outcome=Outcome.FOLDED)
    await commit(store, threads=threads, alerts=[*alerts, again], deliveries=deliveries)
    await claim(store)
    await sent(store, "posted")
    await claim(store)
    await gave_up(store, "failed")
    assert await keys(store) == ["d1"]
    await sent(store, "d1")
    for name, root in [("a", "r-d1"), ("b", "r-d1"), ("c", "r-d1"), ("e", "r-d1"), ("p", "r-posted")]:
        await store.outbox.enqueue([a_delivery(f"reply-{name}", Verb.REPLY, story=f"s-{name}")])
        [reply] = await claim(store)
        assert reply.root == root
        await sent(store, f"reply-{name}")


async def test_an_empty_digest_is_still_delivered_as_such(store: Store) -> None:
    await store.outbox.enqueue([a_delivery("d", Verb.DIGEST)])
    [digest] = await claim(store)
    assert digest.alerts == ()


async def test_decisions_about_an_entry_tell_when_they_were_posted(store: Store) -> None:
    alerts = [
        an_alert("root", at=NOW),
        an_alert("waiting", at=NOW + MINUTE),
        replace(folds("folded")[0], at=NOW - MINUTE),
        an_alert("elsewhere", where=HALL),
    ]
    deliveries = [a_delivery("d", Verb.DIGEST), a_delivery("r", Verb.ROOT, alert="root", story="s")]
    await store.outbox.enqueue([*deliveries, a_delivery("w", Verb.REPLY, alert="waiting", story="s")], alerts)
    for key in ("d", "r"):
        await claim(store)
        await sent(store, key)
    decided = await store.outbox.alerts_for(alerts[0].entry, ROOM)
    folded = replace(alerts[2], digest=DeliveryKey("d"))
    assert decided == [(folded, NOW + MINUTE), (alerts[0], NOW + MINUTE), (alerts[1], None)]


async def test_the_last_alert_is_the_newest_that_was_spoken(store: Store) -> None:
    assert await store.outbox.last_alert(ROOM) is None
    newest = an_alert("b", at=NOW + MINUTE)
    quiet = an_alert("c", at=NOW + 2 * MINUTE, outcome=Outcome.SILENT)
    await store.outbox.enqueue([], [an_alert("a"), newest, quiet, an_alert("d", where=HALL, at=NOW + 3 * MINUTE)])
    assert await store.outbox.last_alert(ROOM) == newest


async def test_the_backlog_counts_what_waits_and_failed_and_is_parked(store: Store) -> None:
    empty = await store.outbox.backlog()
    assert (empty.waiting, empty.failed, empty.parked, empty.oldest) == (0, 0, {}, None)
    early = a_delivery("parked", where=HALL, due=NOW - MINUTE)
    await store.outbox.enqueue([early, a_delivery("failed"), a_delivery("b", due=NOW + MINUTE), a_delivery("c")])
    await store.outbox.park(HALL, "archived")
    await claim(store)
    await gave_up(store, "failed")
    backlog = await store.outbox.backlog()
    assert (backlog.waiting, backlog.failed, backlog.parked, backlog.oldest) == (3, 1, {HALL: "archived"}, NOW)


async def test_the_next_look_is_at_the_first_lane_that_is_due_or_whose_lease_ends(store: Store) -> None:
    assert await store.outbox.next_due(now=NOW) is None
    await store.outbox.enqueue([a_delivery("a", due=NOW + 5 * MINUTE), a_delivery("b"), a_delivery("c", where=HALL)])
    assert await store.outbox.next_due(now=NOW + 2 * MINUTE) == NOW + 2 * MINUTE
    await claim(store)
    assert await store.outbox.next_due(now=NOW) == NOW + LEASE
    await store.outbox.park(HALL, "closed")
    assert await store.outbox.next_due(now=NOW) == NOW + 5 * MINUTE


async def test_upcoming_are_the_threads_on_meetings_that_start_soon(store: Store) -> None:
    day = timedelta(days=1)
    rows = [seen(a_meeting(name, NOW.date() + days * day)) for name, days in [("soon", 5), ("late", 50), ("past", -1)]]
    stories = [a_story(row.id) for row in rows]
    threads = [a_thread("r", story=row.id) for row in rows] + [a_thread("h", story=rows[0].id, where=HALL)]
    joined = {str(row.id): str(row.id) for row in rows}
    extra = seen(replace(a_meeting("untold", date(2026, 1, 9)), title="No thread"))
    await commit(store, [*rows, extra, seen(news("n"))], stories=stories, joined=joined, threads=threads)
    upcoming = await store.outbox.upcoming(now=NOW, until=NOW + 10 * day)
    assert upcoming == [(threads[3], rows[0]), (threads[0], rows[0])]


async def test_pruning_forgets_old_closed_deliveries_and_keeps_threads_and_alerts(store: Store) -> None:
    alert = an_alert("al")
    deliveries = [a_delivery("root", Verb.ROOT, story="s", alert="al"), a_delivery("wait"), a_delivery("later")]
    await commit(store, threads=[a_thread("root")], alerts=[alert], deliveries=deliveries)
    await claim(store)
    await sent(store, "root")
    assert await store.prune(NOW + MINUTE) == 0
    assert await store.prune(NOW + 2 * MINUTE, limit=1) == 1
    await claim(store)
    await sent(store, "wait")
    assert await store.prune(NOW + 2 * MINUTE) == 1
    assert [posted for _, posted in await store.outbox.alerts_for(alert.entry, ROOM)] == [NOW + MINUTE]
    await store.outbox.enqueue([a_delivery("reply", Verb.REPLY, story="s")])
    await claim(store)
    await sent(store, "later")
    [reply] = await claim(store)
    assert reply.root == "r-root"


async def test_a_planned_digest_waits_outside_its_lane_and_takes_what_was_kept_for_it(store: Store) -> None:
    key = DeliveryKey("digest-weekly-1")
    kept = replace(an_alert("kept", outcome=Outcome.FOLDED), digest=key)
    planned = a_delivery(key, Verb.DIGEST, due=NOW + 5 * MINUTE)
    await commit(store, stories=[a_story()], threads=[a_thread(key)], alerts=[kept], digests=[planned, planned])
    await store.outbox.enqueue([a_delivery("d", Verb.DIGEST)], folds("burst"))
    assert await store.outbox.due_digests(now=NOW + 4 * MINUTE) == 0
    (parcel,) = await claim(store)
    assert [alert.id for alert in parcel.alerts] == ["burst"]
    await sent(store, "d")
    assert await store.outbox.due_digests(now=NOW + 5 * MINUTE) == 1
    assert await store.outbox.due_digests(now=NOW + 5 * MINUTE) == 0
    (parcel,) = await claim(store, after=5)
    assert (parcel.delivery.key, [alert.id for alert in parcel.alerts]) == (key, ["kept"])
    await sent(store, key)
    await store.outbox.enqueue([a_delivery("r", Verb.REPLY, alert="kept", story="s")])
    (reply,) = await claim(store, after=6)
    assert (reply.root, reply.folded) == (f"r-{key}", True)


async def test_what_comes_for_a_planned_digest_that_is_on_its_way_is_told_in_one_after_it(store: Store) -> None:
    key = DeliveryKey("digest-weekly-1")
    first = replace(an_alert("first", outcome=Outcome.FOLDED), digest=key)
    planned = a_delivery(key, Verb.DIGEST)
    await commit(store, stories=[a_story()], threads=[a_thread(key)], alerts=[first], digests=[planned])
    assert await store.outbox.due_digests(now=NOW) == 1
    told: list[list[str]] = []
    for name in ("claimed", "again"):
        told.append([alert.id for parcel in await claim(store) for alert in parcel.alerts])
        late = replace(an_alert(name, outcome=Outcome.FOLDED), digest=key)
        await commit(store, alerts=[late], digests=[planned])
        await sent(store, key if name == "claimed" else f"{key}+")
        assert await store.outbox.due_digests(now=NOW) == 1
    told.append([alert.id for parcel in await claim(store) for alert in parcel.alerts])
    assert told == [["first"], ["claimed"], ["again"]]
    decided = await store.outbox.alerts_for(first.entry, ROOM)
    assert [alert.id for alert, posted in decided if posted is None] == ["again"]
