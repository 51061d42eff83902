"""What a subscription wants to hear of."""

from bot.domain.changes import Added, Change, Missing, Updated, Withdrawn
from bot.domain.entries import Kind
from bot.domain.watches import Scope, Watch

CLIMBING = frozenset({Kind.WORK_ITEM, Kind.PUBLICATION})
"""Kinds that stand on a ladder; a new one has passed its first rung."""
STAGE_FIELDS = frozenset({"status", "facts.stage", "facts.stage_code", "facts.approved"})


def wants(watch: Watch, change: Change) -> bool:
    """Tell whether a watch asks for such a change; one of stages alone asks for passed stages and changed status."""
    if watch.scope is not Scope.STAGES:
        return True
    match change:
        case Added(now=now):
            return now.entry.kind in CLIMBING and bool(now.entry.facts.get("stage") or now.entry.status)
        case Withdrawn():
            return True
        case Updated(fields=fields):
            return not STAGE_FIELDS.isdisjoint(fields)
        case Missing():
            return False
