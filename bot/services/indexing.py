"""Keeps the search index up to date, in small pieces beside everything else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import StoreError
from bot.domain.ports import Clock, Meter, Stem
from bot.domain.storing.store import Store
from bot.domain.values import by_value

if TYPE_CHECKING:
    from bot.domain.tagging import Needs
    from bot.domain.vocabulary import Vocabulary

BATCH = 12
"""Entries indexed at once, some 20 ms of the store's time."""
BREATH = timedelta(milliseconds=10)
"""Between two batches, so that whatever else is to be written comes in between."""
REST = timedelta(seconds=5)
"""Until the next look once all is indexed: a search looks at what is not yet as it is."""
log = structlog.get_logger(__name__)


@by_value
class Indexing:
    """Indexes what polls store, and after a change of the schema everything; tags it with the sets it may name.

    Attributes:
        shipped: reads the vocabulary that comes with the bot; asked for only when there are many entries.

    """

    store: Store
    clock: Clock
    meter: Meter
    stem: Stem
    shipped: Callable[[], "Vocabulary"]

    async def run(self) -> None:
        """Index until cancelled; tags wait for the first rest, as a start has much else to do."""
        rested = False
        while True:
            try:
                done = await (self.run_once() if rested else self._index())
            except StoreError as error:
                log.warning("index.skipped", why=str(error))
                done = 0
            rested = rested or not done
            await self.clock.sleep_until(self.clock.now() + (BREATH if done else REST))

    async def run_once(self) -> int:
        """Index a batch, or tag one; return how many entries it had."""
        return await self._index() or await self._tag()

    async def _index(self) -> int:
        done = await self.store.entries.index(BATCH)
        if done:
            self.meter.count("indexed", done)
        return done

    async def _tag(self) -> int:
        """Tag a batch of older entries, after the sets were taught if those of another version were, or none."""
        known = await self.store.entries.tagged()
        if known is None:
            return 0
        from bot.domain.covering import tagging_version

        vocabulary = await asyncio.to_thread(self.shipped)
        version = tagging_version(vocabulary)
        if known != version:
            await self.store.entries.teach(version, self._sets(vocabulary))
        return await self.store.entries.tag(BATCH)

    async def _sets(self, vocabulary: "Vocabulary") -> "AsyncIterator[tuple[str, Sequence[Needs]]]":
        """Yield what is needed to name each set, with time for others in between."""
        from bot.domain.tagging import needs

        for name, termset in vocabulary.sets.items():
            yield name, await asyncio.to_thread(needs, termset, self.stem)
            await self.clock.sleep_until(self.clock.now() + BREATH)
