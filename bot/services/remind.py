"""The deadline ladder (design §3): derived from what stands in the threads, so a moved date moves its reminders."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import Alert, AlertId, Delivery, DeliveryKey, Outcome, Reason, Thread, Verb
from bot.domain.changes import Known
from bot.domain.clock_rules import STEPS
from bot.domain.diff import called_off
from bot.domain.ids import digest
from bot.domain.ladder import reminded
from bot.domain.ports import Clock
from bot.domain.preferences import Preferences
from bot.domain.quiet import breaks_through
from bot.domain.storing.store import Store
from bot.domain.values import by_value
from bot.domain.watches import asleep

HOUR = time(9)
HORIZON = timedelta(days=max(STEPS) + 1)
"""How far ahead a deadline can be of which somebody is reminded, and the difference of zones."""


@by_value
class Reminder:
    """One rung of the ladder that has been reached; `left` counts the days that are really left."""

    what: str
    due: date
    left: int
    rung: int


@by_value
class Remind:
    """Plans reminders for the meetings, texts and letters that threads stand on."""

    store: Store
    clock: Clock
    defaults: Preferences = Preferences()

    async def run_once(self) -> int:
        """Plan what is due now and was not planned before; return how many reminders there are."""
        now = self.clock.now()
        standing = await self.store.outbox.upcoming(now=now, until=now + HORIZON)
        _, watches = await self.store.watches.all()
        quiet, wanted = asleep(watches, now), await self.store.preferences.all()
        alerts, deliveries = [], []
        for thread, row in standing:
            if thread.conversation in quiet:
                continue  # once it is awake, it is reminded late
            zone = wanted.get(thread.conversation, self.defaults).clock
            for reminder in self.reached(thread, row, now, zone):
                alert = self._alert(thread, row, reminder, now)
                alerts.append(alert)
                deliveries.append(self._delivery(alert, now, zone))
        return await self.store.outbox.enqueue(deliveries, alerts) if deliveries else 0

    def reached(self, thread: Thread, row: Known, now: datetime, zone: ZoneInfo) -> Iterator[Reminder]:
        """Give, per deadline, the last rung whose hour has come; none that came before the thread was opened.

        A bot that was down at T-7 still reminds at T-5; nobody is reminded of what the card has just told.
        """
        if row.gone or called_off(row.entry):
            return
        for rung in reminded(row.entry):
            due = rung.due
            left = (due - now.astimezone(zone).date()).days
            steps = [step for step in rung.rule.reminded if left <= step and _hour(due, step, zone) <= now]
            if left >= 0 and steps and _hour(due, min(steps), zone) > thread.opened:
                yield Reminder(what=rung.rule.name, due=due, left=left, rung=min(steps))

    def _alert(self, thread: Thread, row: Known, reminder: Reminder, now: datetime) -> Alert:
        name = digest("reminder", thread.conversation, thread.story, reminder.what, reminder.due, reminder.rung)
        return Alert(
            id=AlertId(name),
            conversation=thread.conversation,
            story=thread.story,
            entry=row.id,
            outcome=Outcome.SPOKEN,
            reason=Reason.REMINDER,
            at=now,
            now=row,
            detail=f"{reminder.what} {reminder.due.isoformat()} {reminder.left}",
        )

    @staticmethod
    def _delivery(alert: Alert, now: datetime, zone: ZoneInfo) -> Delivery:
        return Delivery(
            key=DeliveryKey(f"reply-{alert.id}"),
            conversation=alert.conversation,
            verb=Verb.REPLY,
            due=now,
            alert=alert.id,
            story=alert.story,
            urgent=breaks_through(alert, zone),
        )


def _hour(due: date, step: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(due - timedelta(days=step), HOUR, tzinfo=zone).astimezone(UTC)
