"""Log lines for machines or people, and counters for Prometheus."""

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

import structlog

from bot.masking import masked

if TYPE_CHECKING:
    from prometheus_client import Metric

LABELS = {
    "polls": ("result",),
    "entries": (),
    "alerts": ("outcome", "reason"),
    "deliveries": ("verb", "result"),
    "commands": (),
    "indexed": (),
}
HELP = {
    "polls": "Polls of sources, by result",
    "entries": "Entries seen for the first time",
    "alerts": "Decisions, by outcome and reason",
    "deliveries": "Messages tried, by verb and result",
    "commands": "Command lines answered",
    "indexed": "Entries brought into the search index",
}


def configure_logging(*, level: int = logging.INFO) -> None:
    """Write log lines to standard error: readable on a terminal, JSON elsewhere, addresses without secrets."""
    # Plain tracebacks: the fancy ones print local variables, and secrets are local variables.
    renderers: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if sys.stderr.isatty()
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at each line: the console's prompt puts its own stream there.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_secrets(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {name: masked(value) if isinstance(value, str) else value for name, value in event.items()}


GAUGES = {
    "outbox_waiting": "Deliveries not yet posted",
    "poll_lag_seconds": "How late the most overdue source is",
    "loop_lag_seconds": "Delay of the event loop, last second",
}


@dataclass(slots=True, eq=False)
class Metrics:
    """The Meter port: plain numbers, turned into Prometheus' own when somebody asks for them.

    Attributes:
        waiting: deliveries not yet posted.
        overdue: how late the most overdue source is, in seconds.
        lag: of the event loop in the last second, in seconds.

    """

    waiting: float = 0.0
    overdue: float = 0.0
    lag: float = 0.0
    _counts: Counter[tuple[str, tuple[str, ...]]] = field(
        default_factory=lambda: Counter({(name, ()): 0 for name, labels in LABELS.items() if not labels})
    )

    def count(self, event: str, amount: int = 1, **labels: str) -> None:
        """Add to a counter."""
        self._counts[event, tuple(labels[name] for name in LABELS[event])] += amount

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator["Metric"]:
        """Yield everything as Prometheus' client library names it."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for event, labels in LABELS.items():
            family = CounterMetricFamily(f"rapporteur_{event}", HELP[event], labels=labels)
            for (name, values), amount in self._counts.items():
                if name == event:
                    family.add_metric(values, amount)
            yield family
        for (name, told), value in zip(GAUGES.items(), (self.waiting, self.overdue, self.lag), strict=True):
            yield GaugeMetricFamily(f"rapporteur_{name}", told, value=value)

    async def watch_loop(self) -> None:
        """Measure, every second, how late the loop wakes us; until cancelled."""
        while True:
            asked = perf_counter()
            await asyncio.sleep(1)
            self.lag = max(0.0, perf_counter() - asked - 1)
