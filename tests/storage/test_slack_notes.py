"""What the Slack adapter must not forget."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.chat import Conversation
from bot.domain.document import says
from storage import open_store

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HERE = Conversation("slack", "T1/C1")


async def test_a_post_is_new_once_and_then_known_with_its_tries(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        assert await store.slack.begin("k", now=NOW) is None
        assert await store.slack.begin("k", now=NOW + timedelta(hours=1)) == (None, 1, NOW)
        await store.slack.retry("k")
        await store.slack.posted("k", "17.1")
        await store.slack.dropped("k")
        assert await store.slack.begin("k", now=NOW) == ("17.1", 2, NOW)
        await store.slack.prune(NOW + timedelta(days=1))
        assert await store.slack.begin("k", now=NOW) is None


async def test_a_post_that_certainly_failed_is_new_again(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        await store.slack.begin("k", now=NOW)
        await store.slack.dropped("k")
        assert await store.slack.begin("k", now=NOW) is None


async def test_the_newest_edit_waits_until_the_first_hour(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        await store.slack.edit_later(HERE, "17.1", says("one"), due=NOW)
        ((_, _, _, _, old),) = await store.slack.edits()
        await store.slack.edit_later(HERE, "17.1", says("two"), due=NOW + timedelta(hours=1))
        await store.slack.edited(HERE, "17.1", old)
        ((where, message, due, what, mark),) = await store.slack.edits()
        assert (where, message, due, what.plain) == (HERE, "17.1", NOW, "two")
        await store.slack.edited(HERE, "17.1", mark)
        assert await store.slack.edits() == []


async def test_a_message_is_followed_wherever_it_was_posted_anew(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        await store.slack.moved(HERE, "1", "2")
        await store.slack.moved(HERE, "2", "3")
        assert await store.slack.current(HERE, "1") == "3"
        assert await store.slack.current(Conversation("slack", "T1/C2"), "1") == "1"


async def test_a_state_is_good_once_and_for_a_while(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
        for state in ("a", "b"):
            await store.slack.issue(state, now=NOW, until=NOW + timedelta(minutes=10))
        assert await store.slack.consume("a", now=NOW)
        assert not await store.slack.consume("a", now=NOW)
        assert not await store.slack.consume("b", now=NOW + timedelta(minutes=11))
        assert not await store.slack.consume("never", now=NOW)
