"""What an operator may set about fetching: plain values with polite defaults."""

import re
from datetime import timedelta

from bot.domain.values import by_value

DEFAULT_AGENT = "Mozilla/5.0 (compatible; Rapporteur/0.1{contact})"
"""Honest, and of the shape that ITU's firewall lets through; `{contact}` becomes "; +<contact>"."""


@by_value
class FetchSettings:
    """How sources are fetched and read.

    Attributes:
        user_agent: the header as it is sent; `{contact}` in it is replaced.
        contact: a web page or address where a server's operator can complain; empty sends none.
        allow_private: IP addresses, networks (CIDR) or host names that may be private.
        per_host_interval: shortest time between the starts of two requests to one host.
        concurrency: requests under way at once, all hosts together.
        robots: obey robots.txt (RFC 9309).
        allow_downgrade: follow a redirect from https to http.
        max_bytes: of a body, after decompression.
        max_stream_bytes: of a body of which only some lines are kept (`feeds.lines`); `max_bytes` of those.
        connect_timeout, read_timeout, total_timeout: to connect; between two pieces of an answer;
            for one request as a whole.
        stream_timeout: for one request as a whole of which only some lines are kept.
        parse_timeout: after which a body counts as unreadable.
        workers: processes that parse; None is one less than the machine has cores, 1 to 4.

    """

    user_agent: str = DEFAULT_AGENT
    contact: str = ""
    allow_private: tuple[str, ...] = ()
    per_host_interval: timedelta = timedelta(seconds=1)
    concurrency: int = 32
    robots: bool = True
    allow_downgrade: bool = False
    max_bytes: int = 20_000_000
    max_stream_bytes: int = 400_000_000
    connect_timeout: timedelta = timedelta(seconds=10)
    read_timeout: timedelta = timedelta(seconds=20)
    total_timeout: timedelta = timedelta(seconds=60)
    stream_timeout: timedelta = timedelta(minutes=10)
    parse_timeout: timedelta = timedelta(seconds=30)
    workers: int | None = None

    @property
    def agent(self) -> str:
        """The User-Agent header."""
        return self.user_agent.replace("{contact}", f"; +{self.contact}" if self.contact else "")

    @property
    def token(self) -> str:
        """The product token that robots.txt knows us by (RFC 9309 §2.2.1): `Rapporteur`."""
        found = re.search(r"compatible;\s*([A-Za-z_-]+)", self.user_agent) or re.search(r"[A-Za-z_-]+", self.user_agent)
        return (found[1] if found.re.groups else found[0]) if found else "Rapporteur"
