"""From a page to the chat: one transaction, one thread, once."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.entries import Entry, Kind
from bot.domain.errors import ChatDown, FetchError, RateLimited, Unauthorised, Undeliverable
from tests.services.heart import FEED, NOW, ROOM, Heart, news, unlike

OLD = news("old", "Something old")
DAHUA = news("dahua", "Dahua writes a standard", "The company has tabled a text on cameras.")


async def begin(heart: Heart, *watches: str) -> None:
    for query in watches or ("dahua",):
        await heart.watch(query)
    await heart.poll(OLD, after=timedelta())


async def test_the_first_poll_posts_nothing(heart: Heart) -> None:
    await heart.watch("dahua")
    await heart.poll(DAHUA, after=timedelta())
    assert heart.chat.posts == []
    assert heart.counts.seen["alerts", "silent", "baseline"] == 1


async def test_a_new_entry_is_posted_once_with_its_source_and_watch(heart: Heart) -> None:
    await begin(heart)
    for _ in range(3):
        await heart.poll(DAHUA, OLD)
    assert heart.chat.verbs == ["post"]
    text = heart.chat.posts[0][2]
    assert "Dahua writes a standard" in text
    assert "A feed" in text
    assert "watch 1: dahua matched “Dahua” in title" in text


async def test_an_entry_that_left_and_came_back_is_not_posted_again(heart: Heart) -> None:
    await begin(heart)
    await heart.poll(DAHUA, OLD)
    await heart.poll(OLD, news("x", "Other"))
    await heart.poll(DAHUA, OLD)
    assert heart.chat.verbs == ["post"]


async def test_the_first_item_of_a_feed_that_was_empty_is_news_and_its_past_is_not(heart: Heart) -> None:
    await heart.watch("dahua")
    await heart.poll(after=timedelta())
    past = replace(
        DAHUA, key="past", title="Dahua of last year", link="https://example.org/p", published=NOW - timedelta(days=300)
    )
    await heart.poll(DAHUA, past)
    assert heart.chat.verbs == ["post"]
    assert "Dahua writes" in heart.chat.posts[0][2]


async def test_a_watch_added_later_hears_only_of_what_comes(heart: Heart) -> None:
    await begin(heart, "zte")
    await heart.poll(DAHUA, OLD)
    await heart.watch("dahua")
    await heart.poll(DAHUA, OLD, news("n", "Dahua again, with another thing"))
    assert len(heart.chat.posts) == 1
    assert "another thing" in heart.chat.posts[0][2]


async def test_an_empty_answer_changes_nothing_and_the_full_page_afterwards_reposts_nothing(heart: Heart) -> None:
    await begin(heart)
    await heart.poll(DAHUA, OLD)
    await heart.poll()
    (tracked,) = await heart.store.sources.listing()
    assert tracked.health.suspect == 1
    assert tracked.memory.count == 2
    await heart.poll(DAHUA, OLD)
    assert heart.chat.verbs == ["post"]
    (tracked,) = await heart.store.sources.listing()
    assert tracked.health.suspect == 0


async def test_a_failed_poll_keeps_the_last_good_state_and_waits_as_told(heart: Heart) -> None:
    await begin(heart)
    await heart.poll(error=FetchError("503", retry_after=timedelta(hours=7)))
    (tracked,) = await heart.store.sources.listing()
    assert tracked.health.failures == 1
    assert tracked.health.last_error == "503"
    assert tracked.memory.count == 1
    assert tracked.next_poll >= heart.clock.now() + timedelta(hours=6, minutes=57)


async def test_a_source_that_is_gone_is_retired(heart: Heart) -> None:
    await begin(heart)
    await heart.poll(error=FetchError("410", permanent=True, gone=True))
    assert await heart.store.sources.listing() == []


async def test_nine_at_once_are_one_digest_that_holds_them_all(heart: Heart) -> None:
    await begin(heart)
    many = [news(f"n{n}", f"Dahua has tabled {unlike(n)} today") for n in range(9)]
    await heart.poll(OLD, *many)
    assert heart.chat.verbs == ["post"]
    assert all(entry.title in heart.chat.posts[0][2] for entry in many)


async def test_a_later_version_of_a_folded_story_replies_under_the_digest(heart: Heart) -> None:
    await begin(heart)
    many = [news(f"n{n}", f"Dahua has tabled {unlike(n)} today") for n in range(9)]
    await heart.poll(OLD, *many)
    again = replace(many[3], key="elsewhere", link="https://example.net/x")
    await heart.poll(OLD, *many, again)
    await heart.wait_until(heart.clock.now() + timedelta(hours=2))
    assert heart.chat.verbs == ["post", "reply"]
    assert heart.chat.posts[1][1] == "m0"


async def test_a_poll_decided_under_old_watches_is_decided_again(heart: Heart) -> None:
    await begin(heart, "zte")
    await heart.store.watches.add(ROOM, "dahua", owner="o", note="", now=heart.clock.now())
    await heart.poll(DAHUA, OLD)
    assert heart.chat.verbs == ["post"]


async def test_an_outage_of_the_chat_delays_and_loses_nothing(heart: Heart) -> None:
    await begin(heart)
    heart.chat.failures = [ChatDown("502"), ChatDown("502"), RateLimited("slow", retry_after=timedelta(seconds=30))]
    await heart.poll(DAHUA, OLD)
    for _ in range(5):
        await heart.clock.advance_to(heart.clock.now() + timedelta(minutes=15))
        await heart.deliverer.drain()
    assert heart.chat.verbs == ["post"]


async def test_replies_wait_for_their_root(heart: Heart) -> None:
    await begin(heart)
    heart.chat.failures = [ChatDown("502")] * 3
    await heart.poll(DAHUA, OLD)
    await heart.poll(DAHUA, OLD, replace(DAHUA, key="b", link="https://example.net/b"))
    for _ in range(6):
        await heart.clock.advance_to(heart.clock.now() + timedelta(minutes=15))
        await heart.deliverer.drain()
    assert heart.chat.verbs[0] == "post"
    assert all(ref == "m0" for verb, ref, _ in heart.chat.posts if verb == "reply")


async def test_a_closed_channel_holds_its_messages_and_says_so(heart: Heart) -> None:
    await begin(heart)
    heart.chat.failures = [Undeliverable("is_archived", closed=True)]
    await heart.poll(DAHUA, OLD)
    backlog = await heart.store.outbox.backlog()
    assert backlog.parked == {ROOM: "is_archived"}
    await heart.store.outbox.park(ROOM, None)
    await heart.deliverer.drain()
    assert heart.chat.verbs == ["post"]


async def test_a_refused_token_stops_the_platform_and_keeps_its_messages(heart: Heart) -> None:
    await begin(heart)
    heart.chat.failures = [Unauthorised("token_revoked")]
    await heart.poll(DAHUA, OLD)
    assert heart.deliverer.halted == {"page": "token_revoked"}
    assert (await heart.store.outbox.backlog()).waiting == 1


def sg21(first: date, last: date) -> Entry:
    facts = {"contribution_deadline": (first - timedelta(days=12)).isoformat()}
    return Entry(
        key=f"T25-SG21-{first:%y%m%d}",
        kind=Kind.MEETING,
        title="ITU-T SG21 meeting",
        starts=first,
        ends=last,
        all_day=True,
        group="SG21",
        place="Geneva",
        facts=facts,
    )


async def test_a_meeting_that_moves_is_one_thread_and_its_reminders_move_with_it(heart: Heart) -> None:
    heart.source.complete = True
    await begin(heart, "group:SG21 kind:meeting")
    other = replace(sg21(date(2026, 9, 1), date(2026, 9, 4)), key="other", group="SG5", facts={})
    await heart.poll(OLD, other, sg21(date(2026, 7, 6), date(2026, 7, 15)))
    await heart.poll(OLD, other, sg21(date(2026, 7, 13), date(2026, 7, 22)))
    assert heart.chat.verbs == ["post", "reply", "edit"]
    assert "now 13–22 Jul 2026, was 6–15 Jul 2026" in heart.chat.posts[1][2]
    reminders = []
    for day in range(2, 35):
        await heart.clock.advance_to(NOW + timedelta(days=day))
        if await heart.remind.run_once():
            await heart.deliverer.drain()
            reminders.append((heart.clock.now().date(), heart.chat.posts[-1][2]))
    # Contributions are due on 1 July now; 24 June and 30 June are T-7 and T-1, 17 June is T-14.
    assert [moment for moment, _ in reminders] == [date(2026, 6, 17), date(2026, 6, 24), date(2026, 6, 30)]
    assert "in 14 days, by 1 Jul 2026" in reminders[0][1]
    assert "tomorrow, by 1 Jul 2026" in reminders[2][1]


async def test_a_bot_that_slept_through_a_rung_reminds_late_and_once(heart: Heart) -> None:
    heart.source.complete = True
    await begin(heart, "group:SG21")
    await heart.poll(OLD, sg21(date(2026, 7, 13), date(2026, 7, 22)))
    await heart.clock.advance_to(NOW + timedelta(days=27))
    assert await heart.remind.run_once() == 1
    assert await heart.remind.run_once() == 0
    await heart.deliverer.drain()
    assert heart.chat.verbs == ["post", "reply"]
    assert "in 3 days" in heart.chat.posts[1][2]


async def test_operators_are_told_once_when_a_source_breaks_and_once_when_it_is_back(heart: Heart) -> None:
    await begin(heart)
    for _ in range(6):
        await heart.poll(error=FetchError("The server answered 500."), after=timedelta(hours=30))
        await heart.notice.run_once()
    await heart.poll(OLD, after=timedelta(hours=30))
    await heart.notice.run_once()
    await heart.deliverer.drain()
    texts = [text for _, _, text in heart.chat.posts]
    assert texts == ["A feed stopped answering: The server answered 500.", "Well again: A feed."]


async def test_an_absent_meeting_is_counted_even_if_the_page_stays_the_same(heart: Heart) -> None:
    heart.source.complete = True
    await begin(heart, "group:SG21")
    kept = [replace(sg21(date(2026, 9, n), date(2026, 9, n)), key=f"k{n}", group=f"SG{n}") for n in range(1, 5)]
    await heart.poll(*kept, sg21(date(2026, 7, 6), date(2026, 7, 15)))
    for _ in range(3):
        await heart.poll(*kept)
        assert heart.source.asked[-1].body_hash is None or len(heart.chat.posts) == 1
    assert "No longer listed" in heart.chat.posts[1][2]
    assert "does not say that it is cancelled" in heart.chat.posts[1][2]


async def test_an_unknown_source_of_a_lease_is_harmless(heart: Heart) -> None:
    claimed = await heart.store.sources.claim(now=NOW, owner="test", lease=timedelta(minutes=1), limit=5)
    assert [tracked.source.id for tracked in claimed] == [FEED]
    assert await heart.store.sources.claim(now=NOW, owner="b", lease=timedelta(minutes=1), limit=5) == []
