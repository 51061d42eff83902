"""What quiet hours hold back, and what becomes of it when they end."""

from bot.domain.alerts import Verb
from bot.domain.ids import digest
from storage.database import Plan, run, select

HOLD = """
UPDATE deliveries SET due = $3, held = $3, lease_owner = NULL, lease_until = NULL
WHERE key = $1 AND lease_owner = $2 AND state = 'pending'
"""
WAKE = "UPDATE deliveries SET due = $2, held = $2 WHERE conversation = $1 AND state = 'pending' AND held > $2"
# What stood in the lane while its first row was held was held by the same hours.
HELD = """
UPDATE alerts SET held = $2 WHERE conversation = $1 AND posted IS NULL AND at < $2 AND held IS NULL AND (
    id IN (SELECT alert FROM deliveries WHERE conversation = $1 AND state = 'pending' AND urgent = 0)
    OR digest IN (SELECT key FROM deliveries WHERE conversation = $1 AND state = 'pending' AND verb = 'digest')
    OR (outcome = 'folded' AND digest IS NULL))
"""
RELEASED = "UPDATE deliveries SET held = NULL WHERE conversation = $1 AND state = 'pending' AND held IS NOT NULL"
# Cards beside a digest that still takes more: what came after them was too much already.
CARDS = """
SELECT count(*), (SELECT count(*) FROM deliveries
                  WHERE conversation = $1 AND state = 'pending' AND verb = 'digest' AND sealed = 0)
FROM deliveries WHERE conversation = $1 AND state = 'pending' AND verb = 'root' AND attempts = 0
"""
# Not those that were tried: they may stand, their answers lost, and a digest would tell them again.
FOLDING = """
SELECT story FROM deliveries WHERE conversation = $1 AND state = 'pending' AND verb = 'root' AND attempts = 0
"""
FREED = "UPDATE deliveries SET lease_owner = NULL, lease_until = NULL WHERE conversation = $1 AND state = 'pending'"
FOLD_ALERTS = f"""
UPDATE alerts SET outcome = 'folded', digest = NULL WHERE conversation = $1 AND posted IS NULL
    AND (outcome = 'spoken' OR digest LIKE 'root-%') AND story IN ({FOLDING})
"""
FOLD_THREADS = f"UPDATE threads SET root = '' WHERE conversation = $1 AND receipt IS NULL AND story IN ({FOLDING})"
FOLDED = f"""
DELETE FROM deliveries WHERE conversation = $1 AND state = 'pending' AND verb IN ('root', 'reply', 'edit')
    AND story IN ({FOLDING})
"""
DIGEST = f"""
INSERT INTO deliveries (key, conversation, verb, due, text, attempts)
VALUES ($1, $2, '{Verb.DIGEST.value}', $3, '', 0) ON CONFLICT DO NOTHING
"""
# What breaks through takes along what its story has waiting: a reply needs the card that it stands under.
TAKE_ALONG = """
UPDATE deliveries SET urgent = 1, due = CASE WHEN held IS NULL THEN due ELSE $3 END, held = NULL
WHERE conversation = $1 AND story = $2 AND state = 'pending' AND urgent = 0
"""


def hold(key: str, owner: str, until: int) -> Plan[None]:
    """Put a claimed delivery back until then; nothing overtakes it but what is urgent."""
    yield from run(HOLD, key, owner, until)


def release(conversation: str, held: int, now: int, more_than: int) -> Plan[bool]:
    """Let go what quiet hours held until `held`; if those are too many cards, fold them and return True."""
    yield from run(HELD, conversation, held)
    yield from run(RELEASED, conversation)
    cards, digests = (yield from select(CARDS, conversation))[0]
    if not cards or (cards <= more_than and not digests):
        return False
    for statement in (FOLD_ALERTS, FOLD_THREADS, FOLDED, FREED):
        yield from run(statement, conversation)
    yield from run(DIGEST, f"{Verb.DIGEST.value}-quiet-{digest('quiet', conversation, held)}", conversation, now)
    return True
