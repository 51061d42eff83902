"""Keeps the search index up to date, in small pieces beside everything else."""

from datetime import timedelta

import structlog

from bot.domain.errors import StoreError
from bot.domain.ports import Clock, Meter
from bot.domain.storing.store import Store
from bot.domain.values import by_value

BATCH = 50
"""Entries indexed at once, some 30 ms of the store's time."""
BREATH = timedelta(milliseconds=20)
"""Between two batches, so that whatever else is to be written comes in between."""
REST = timedelta(seconds=5)
"""Until the next look once all is indexed: a search looks at what is not yet as it is."""
log = structlog.get_logger(__name__)


@by_value
class Indexing:
    """Indexes what polls store, and after a change of the schema everything."""

    store: Store
    clock: Clock
    meter: Meter

    async def run(self) -> None:
        """Index until cancelled."""
        while True:
            try:
                done = await self.run_once()
            except StoreError as error:
                log.warning("index.skipped", why=str(error))
                done = 0
            await self.clock.sleep_until(self.clock.now() + (BREATH if done else REST))

    async def run_once(self) -> int:
        """Index a batch; return how many entries it had."""
        done = await self.store.entries.index(BATCH)
        if done:
            self.meter.count("indexed", done)
        return done
