"""What several parts are told of the configuration."""

from bot.config import Settings
from bot.domain.preferences import Echo, Preferences


def defaults(settings: Settings) -> Preferences:
    """Return how conversations are spoken to that have decided nothing yet."""
    alerts = settings.alerts
    return Preferences(
        zone=alerts.zone,
        digest_at=alerts.digest_at,
        quiet=alerts.quiet_hours,
        echo=frozenset(map(Echo, alerts.echo)),
    )


def public_address(settings: Settings) -> str:
    """Return where others reach the HTTP port; without a setting, where this machine does."""
    listen = settings.http.listen
    return settings.http.public_url or f"http://{listen.host}:{listen.port}"
