"""The index of the standing watches follows whatever people do to watches and words."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from structlog.testing import capture_logs

from adapters.language.stems import snowball
from bot.domain.chat import Conversation
from bot.domain.entries import Entry, Kind
from bot.domain.errors import CommandError
from bot.domain.storing.store import Store
from bot.domain.vocabulary import Vocabulary
from bot.domain.watches import WatchId
from bot.services.ingest import Ingest, Standing
from storage import open_store
from tests.services.room import DAHUA, EFF, FACES, HERE, NOW, known

ROOMS = (HERE, Conversation("slack", "T1/C1"), Conversation("slack", "T1/C2"))
NAMES = ("lamps", "dahua", "facial-recognition", "streets")
WORDINGS = ("smart lamp", "智慧灯杆", "Imou", "city street", "face matching", "toy", "camera")
QUERIES = (
    "smart lamp",
    "@lamps",
    "@lamps AND camera",
    "dahua",
    "facial recognition NOT toy",
    "camera NEAR/4 city street",
    "title:(face matching, imou)",
    "@streets, 人脸识别",
    "toy, camera",
    '="Imou"',
)
TEXTS = (
    "Smart lamps in a city street",
    "Imou sells a camera",
    "人脸识别 beside 智慧灯杆",
    "A toy with face recognition",
    "Face matching by Dahua, with a camera in the city street",
    "Nothing of it",
)
ENTRIES = [Entry(key=str(n), kind=Kind.NEWS, title=title, text=text) for n, title in enumerate(TEXTS) for text in TEXTS]


def shipped() -> Vocabulary:
    return Vocabulary({one.name: one for one in (FACES, DAHUA)})


async def something(store: Store, dice: Random) -> None:
    """Do what people do, or run into a refusal."""
    _, watches = await store.watches.all()
    team = dice.choice(ROOMS).team
    wordings = dice.sample(WORDINGS, dice.randrange(1, 3))
    match dice.randrange(6 if watches else 3):
        case 0:
            await store.watches.add(dice.choice(ROOMS), dice.choice(QUERIES), owner="o", note="", now=NOW)
        case 1:
            await store.vocabularies.add(team, dice.choice(NAMES), wordings, owner="o", now=NOW)
        case 2:
            await store.vocabularies.remove(team, dice.choice(NAMES), wordings if dice.random() < 0.7 else ())
        case 3:
            await store.watches.remove(dice.choice(watches).id)
        case 4:
            await store.watches.mute([dice.choice(watches).id], NOW)
        case _:
            await store.watches.edit(dice.choice(watches).id, dice.choice(QUERIES))


def answers(standing: Standing) -> list[list[object]]:
    return [list(standing.index.match(entry)) for entry in ENTRIES]


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_changes_the_index_answers_as_one_made_anew(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    async with open_store(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        standing = Standing(snowball(), shipped)
        for _ in range(40):
            for _ in range(dice.randrange(1, 4)):
                try:
                    await something(store, dice)
                except CommandError:
                    continue
            if dice.random() < 0.3:
                renewal = asyncio.create_task(standing.renew(store))
                for _ in range(dice.randrange(12)):
                    await asyncio.sleep(0)
                renewal.cancel()
                await asyncio.wait([renewal])
                await asyncio.to_thread(lambda: None)
                continue
            await standing.renew(store)
            anew = Standing(snowball(), shipped)
            await anew.renew(store)
            assert standing.revision == anew.revision
            assert answers(standing) == answers(anew)
        assert any(answers(standing))


async def test_a_renewal_that_ended_halfway_is_made_good_though_the_watch_is_as_before(tmp_path: Path) -> None:
    class Breaks(Standing):
        fails = False

        def _put(self, watch: object) -> None:
            super()._put(watch)  # type: ignore[arg-type]
            if self.fails:
                raise asyncio.CancelledError

    async with open_store(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        standing = Breaks(snowball(), shipped)
        watch = await store.watches.add(HERE, "camera", owner="o", note="", now=NOW)
        await standing.renew(store)
        before = answers(standing)
        await store.watches.edit(watch.id, "toy")
        standing.fails = True
        with pytest.raises(asyncio.CancelledError):
            await standing.renew(store)
        standing.fails = False
        await store.watches.edit(watch.id, "camera")
        await standing.renew(store)
        assert answers(standing) == before


async def test_a_watch_that_breaks_the_compiler_is_reported_and_the_others_are_matched(tmp_path: Path) -> None:
    good = snowball()

    def stem(word: str, lang: str) -> str:
        if word.startswith("bad"):
            raise ZeroDivisionError
        return good(word, lang)

    async with open_store(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        await store.watches.add(HERE, "badly, camera", owner="o", note="", now=NOW)
        await store.watches.add(HERE, "camera", owner="o", note="", now=NOW)
        standing = Standing(stem, shipped)
        with capture_logs() as logs:
            await standing.renew(store)
        assert [entry["event"] for entry in logs] == ["watch.broke"]
        assert [match.watch for match in standing.index.match(ENTRIES[6])] == [WatchId(2)]


def test_an_entry_without_a_date_is_dated_by_when_it_was_first_seen() -> None:
    row = known(1, "Cameras", ago=timedelta(days=1))
    row = replace(row, entry=replace(row.entry, published=None))
    assert Ingest.surface(EFF, row).first_seen == NOW - timedelta(days=1)
