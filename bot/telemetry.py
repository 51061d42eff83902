"""Log lines for machines or people, and counters for Prometheus."""

import asyncio
import logging
import sys
from dataclasses import dataclass, field
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bot.masking import masked

LABELS = {
    "polls": ("result",),
    "entries": (),
    "alerts": ("outcome", "reason"),
    "deliveries": ("verb", "result"),
    "commands": (),
}
HELP = {
    "polls": "Polls of sources, by result",
    "entries": "Entries seen for the first time",
    "alerts": "Decisions, by outcome and reason",
    "deliveries": "Messages tried, by verb and result",
    "commands": "Command lines answered",
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


@dataclass(slots=True)
class Metrics:
    """The Meter port over a registry of its own, so that two bots in one process do not share counters."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    counters: dict[str, Counter] = field(init=False)
    waiting: Gauge = field(init=False)
    overdue: Gauge = field(init=False)
    lag: Gauge = field(init=False)

    def __post_init__(self) -> None:
        self.counters = {
            name: Counter(f"rapporteur_{name}", HELP[name], labels, registry=self.registry)
            for name, labels in LABELS.items()
        }
        self.waiting = Gauge("rapporteur_outbox_waiting", "Deliveries not yet posted", registry=self.registry)
        self.overdue = Gauge(
            "rapporteur_poll_lag_seconds", "How late the most overdue source is", registry=self.registry
        )
        self.lag = Gauge("rapporteur_loop_lag_seconds", "Delay of the event loop, last second", registry=self.registry)

    def count(self, event: str, amount: int = 1, **labels: str) -> None:
        """Add to a counter."""
        counter = self.counters[event]
        (counter.labels(**labels) if labels else counter).inc(amount)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Measure, every second, how late the loop wakes us; until cancelled."""
        while True:
            asked = perf_counter()
            await asyncio.sleep(1)
            self.lag.set(max(0.0, perf_counter() - asked - 1))
