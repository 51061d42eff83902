"""Claimed deliveries with all they need to become messages."""

from collections.abc import Mapping, Sequence

from bot.domain.alerts import Alert, Delivery, DeliveryKey, Parcel, Verb, is_digest
from bot.domain.chat import Receipt
from storage.database import Plan, Row, select, within
from storage.rows import ALERT, to_alert, to_delivery

BY_ID = f"SELECT {ALERT} FROM alerts a WHERE a.id IN ({{list}})"
OF_STORY = f"""
SELECT {ALERT} FROM alerts a WHERE a.story = $1 AND a.conversation = $2 AND a.outcome = 'spoken' ORDER BY a.seq
"""
BAG = f"SELECT {ALERT} FROM alerts a WHERE a.digest = $1 ORDER BY a.seq"
ROOTS = "SELECT story, conversation, receipt, root FROM threads WHERE receipt IS NOT NULL AND story IN ({list})"
NAMES = "SELECT id, name FROM sources WHERE id IN ({list})"
QUERIES = "SELECT id, query FROM watches WHERE id IN ({list})"


def filled(rows: Sequence[Row]) -> Plan[list[Parcel]]:
    """Plan the reading of what goes into the parcels of claimed rows (the columns `DELIVERY`), in their order."""
    deliveries = [to_delivery(row) for row in rows]
    single = yield from within(BY_ID, (row[4] for row in rows if row[4] is not None))
    by_id = {row[0]: to_alert(row) for row in single}
    bags: list[tuple[Alert, ...]] = [()] * len(rows)
    for place, delivery in enumerate(deliveries):
        bags[place] = yield from _bag(delivery, by_id)
    stories = [row[5] for row in rows if row[5] is not None]
    roots = {(row[0], row[1]): (row[2], row[3]) for row in (yield from within(ROOTS, stories))}
    alerts = [alert for bag in bags for alert in bag]
    names: dict[str, str] = dict((yield from within(NAMES, (alert.now.source for alert in alerts))))
    queries: dict[int, str] = dict(
        (yield from within(QUERIES, (alert.watch for alert in alerts if alert.watch is not None)))
    )
    return [
        Parcel(
            delivery=delivery,
            alerts=bag,
            root=_root(delivery, roots)[0],
            folded=is_digest(_root(delivery, roots)[1]),
            sources={alert.now.source: names[alert.now.source] for alert in bag if alert.now.source in names},
            watches={id_: queries[id_] for alert in bag if (id_ := alert.watch) in queries and id_ is not None},
        )
        for delivery, bag in zip(deliveries, bags, strict=True)
    ]


def _bag(delivery: Delivery, by_id: Mapping[str, Alert]) -> Plan[tuple[Alert, ...]]:
    match delivery.verb:
        case Verb.EDIT:
            rows = yield from select(OF_STORY, delivery.story, str(delivery.conversation))
            return tuple(map(to_alert, rows))
        case Verb.DIGEST:
            return tuple(map(to_alert, (yield from select(BAG, delivery.key))))
        case _:
            alert = by_id.get(delivery.alert or "")
            return () if alert is None else (alert,)


def _root(delivery: Delivery, roots: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[Receipt | None, DeliveryKey]:
    """A root and a digest open threads; the others stand in their story's, if it was ever posted."""
    if delivery.verb in (Verb.ROOT, Verb.DIGEST) or delivery.story is None:
        return None, delivery.key
    receipt, key = roots.get((delivery.story, str(delivery.conversation)), (None, ""))
    return (None if receipt is None else Receipt(receipt)), DeliveryKey(key)
