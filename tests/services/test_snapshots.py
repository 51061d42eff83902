"""Real feeds over time, through the real parser: what is new is told, flaps and drifting dates are not."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from bot.domain.sources import Memory, Polled, Source, Unchanged
from feeds.formats import parse
from feeds.page import Page
from tests.services.heart import Heart

FEEDS = Path(__file__).parents[2] / ".." / "shared" / "samples" / "feeds"
Row = dict[str, Any]


def series() -> dict[str, list[Row]]:
    manifest = FEEDS / "manifest.jsonl"
    found: dict[str, list[Row]] = {}
    if manifest.exists():
        for line in manifest.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("series"):
                found.setdefault(row["series"], []).append(row)
    return {name: sorted(rows, key=lambda row: int(row["order"])) for name, rows in found.items()}


class Replayed:
    """A poller that answers one stored body after the other, and parses it as the real one does."""

    def __init__(self, heart: Heart) -> None:
        self.heart = heart
        self.body = b""

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        now, digest = self.heart.clock.now(), blake2b(self.body, digest_size=16).hexdigest()
        parsed = parse("feed", Page(body=self.body, url=source.url, fetched_at=now, known=memory.items))
        fresh = Memory(body_hash=digest, items=parsed.items, count=parsed.count)
        if parsed.count and not parsed.entries:
            return Unchanged(memory=fresh)
        return Polled(
            entries=parsed.entries,
            count=parsed.count,
            complete=parsed.complete,
            memory=fresh,
            body_hash=digest,
            url=source.url,
            fetched_at=now,
        )


@pytest.mark.parametrize("name", ["cursor", "flap-a", "pubdate-drift-a"])
@pytest.mark.parametrize("every", [timedelta(hours=6), timedelta(days=9)], ids=["often", "seldom"])
async def test_a_real_series_tells_each_article_once(heart: Heart, name: str, every: timedelta) -> None:
    rows = series().get(name)
    if not rows:
        pytest.skip("the shared samples are not here")
    replayed = Replayed(heart)
    heart.ingest = replace(heart.ingest, poller=replayed)
    await heart.watch("kind:news")
    told: list[int] = []
    for row in [*rows, rows[-1], rows[-2], rows[-1]]:
        replayed.body = (FEEDS / row["file"]).read_bytes()
        before = heart.chat.verbs.count("post")
        await heart.clock.advance_to(heart.clock.now() + every)
        await heart.poll_due()
        told.append(heart.chat.verbs.count("post") - before)
    fresh = [row["expected"]["snapshot"].get("from_previous", {}).get("n_never_seen_links", 0) for row in rows]
    assert told == [*fresh, 0, 0, 0]
    assert set(heart.chat.verbs) <= {"post", "edit"}
