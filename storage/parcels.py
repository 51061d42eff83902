"""Claimed deliveries with all they need to become messages."""

from collections.abc import Sequence

from bot.domain.alerts import UNROOTED, Delivery, DeliveryKey, Parcel, Verb, is_digest
from bot.domain.chat import Receipt
from bot.domain.precis import Precis
from storage.database import Plan, Row, select
from storage.gists import precis_of
from storage.messages import to_delivery
from storage.rows import ALERT, to_alert

SPOKEN_OF = f"""
SELECT {ALERT}, s.name, w.query FROM alerts a
LEFT JOIN entries e ON e.id = a.entry LEFT JOIN sources s ON s.id = e.source LEFT JOIN watches w ON w.id = a.watch
"""
MOST_TOLD = 300
"""Versions of a story that a card is made of."""
ONE = f"{SPOKEN_OF} WHERE a.id = $1"
OF_STORY = f"""
{SPOKEN_OF} WHERE a.story = $1 AND a.conversation = $2 AND a.outcome <> 'silent' ORDER BY a.seq LIMIT {MOST_TOLD}
"""
SINCE = f"""
{SPOKEN_OF} WHERE a.story = $1 AND a.conversation = $2 AND a.outcome <> 'silent'
    AND a.seq >= (SELECT r.seq FROM alerts r WHERE r.id = $3) ORDER BY a.seq LIMIT {MOST_TOLD}
"""
BAG = f"{SPOKEN_OF} WHERE a.digest = $1 ORDER BY a.seq"
ROOT = "SELECT receipt, root FROM threads WHERE story = $1 AND conversation = $2 AND receipt IS NOT NULL"


def filled(rows: Sequence[Row]) -> Plan[list[Parcel]]:
    """Plan the reading of what goes into the parcels of claimed rows (the columns `DELIVERY`), in their order."""
    parcels: list[Parcel] = []
    for row in rows:
        parcel = yield from _parcel(to_delivery(row))
        parcels.append(parcel)
    return parcels


def _parcel(delivery: Delivery) -> Plan[Parcel]:
    spoken_of = yield from _spoken_of(delivery)
    alerts = tuple(map(to_alert, spoken_of))
    root, key = yield from _root(delivery)
    return Parcel(
        delivery=delivery,
        alerts=alerts,
        root=root,
        folded=is_digest(key),
        sources={alert.now.source: row[-2] for alert, row in zip(alerts, spoken_of, strict=True) if row[-2]},
        watches={
            alert.watch: row[-1]
            for alert, row in zip(alerts, spoken_of, strict=True)
            if alert.watch is not None and row[-1]
        },
        precis=(yield from _precis(delivery)),
    )


def _precis(delivery: Delivery) -> Plan[Precis | None]:
    if delivery.verb not in (Verb.ROOT, Verb.EDIT) or delivery.story is None:
        return None
    return (yield from precis_of(delivery.story, delivery.conversation))


def _spoken_of(delivery: Delivery) -> Plan[list[Row]]:
    match delivery.verb:
        case Verb.EDIT:
            return (yield from select(OF_STORY, delivery.story, str(delivery.conversation)))
        case Verb.ROOT:
            return (yield from select(SINCE, delivery.story, str(delivery.conversation), delivery.alert))
        case Verb.DIGEST:
            return (yield from select(BAG, delivery.key))
        case Verb.REPLY if delivery.alert is None:
            return (yield from select(BAG, delivery.key))
        case _:
            return (yield from select(ONE, delivery.alert)) if delivery.alert is not None else []


def _root(delivery: Delivery) -> Plan[tuple[Receipt | None, DeliveryKey]]:
    """A root and a digest open threads; the others stand in their story's, if it was ever posted."""
    if delivery.verb in (Verb.ROOT, Verb.DIGEST) or delivery.story is None:
        return None, delivery.key
    rows = yield from select(ROOT, delivery.story, str(delivery.conversation))
    return (Receipt(rows[0][0]), DeliveryKey(rows[0][1])) if rows else (None, UNROOTED)
