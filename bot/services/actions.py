"""What can be pressed under a message: each is a command that works as it stands when it is typed there."""

from collections.abc import Sequence

from bot.domain.alerts import Alert
from bot.domain.document import Action
from bot.domain.entries import Kind

USEFUL = Action("Useful", "👍", "useful")
IRRELEVANT = Action("Not relevant", "👎", "irrelevant")
WHY = Action("Why", "❓", "why")
MUTED_FOR = "1w"
APART = "✂️"


def on_card(first: Alert, *, versions: int) -> tuple[Action, ...]:
    """Return what can be pressed under a story's card; to part it there must be several versions."""
    apart = (Action("Not this story", APART, "not this story"),) if versions > 1 and _is_news(first) else ()
    return (_mute(first), USEFUL, IRRELEVANT, WHY, *apart)


def on_version(alert: Alert) -> tuple[Action, ...]:
    """Return what can be pressed under a reply that tells of one version."""
    apart = f"not this story {alert.now.entry.link}" if alert.now.entry.link else ""
    return (Action("Not this story", APART, apart),) if apart and _is_news(alert) else ()


def on_digest(alerts: Sequence[Alert]) -> tuple[Action, ...]:
    """Return what can be pressed under a digest."""
    watches = {alert.watch for alert in alerts}
    mute = _mute(alerts[0]) if len(watches) == 1 else Action("Mute", "🔕", f"mute here for {MUTED_FOR}")
    return (mute, USEFUL, IRRELEVANT, WHY)


def _mute(alert: Alert) -> Action:
    which = "here" if alert.watch is None else str(alert.watch)
    return Action("Mute", "🔕", f"mute {which} for {MUTED_FOR}")


def _is_news(alert: Alert) -> bool:
    return alert.now.entry.kind is Kind.NEWS
