"""Which addresses may be asked: the public ones, and those an operator has listed.

A name is judged by the addresses it resolves to, and the connection is made to exactly the
addresses that were judged, so that a name that answers differently the second time (DNS
rebinding) gains nothing. Address literals never reach a resolver and are judged in the URL.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Self

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.domain.errors import ConfigError, FetchError
from bot.domain.values import by_value

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Answers = Sequence[tuple[Any, ...]]
Lookup = Callable[..., Answers]
"""What `socket.getaddrinfo` is."""

NAT64 = ip_network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052 §2.1)."""

_BAD_PORTS = """
1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135
137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719
1720 1723 2049 3659 4045 4190 5060 5061 6000 6379 6566 6665 6666 6667 6668 6669 6679 6697 10080 11211
"""
BAD_PORTS = frozenset(map(int, _BAD_PORTS.split()))
"""Ports of other protocols (WHATWG Fetch §2.9 "bad port"), with two databases that read any line as a command."""


@by_value
class AddressRules:
    """Public addresses, and exceptions."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()
    downgrade: bool = False

    @classmethod
    def of(cls, allowed: Sequence[str], *, downgrade: bool = False) -> Self:
        """Read IP addresses, networks and host names; raise ConfigError for one that is none of them."""
        networks: list[Network] = []
        names: list[str] = []
        for entry in allowed:
            try:
                networks.append(ip_network(entry.strip(), strict=False))
            except ValueError:
                if not entry.strip() or "/" in entry or ":" in entry or _looks_numeric(entry.strip()):
                    raise ConfigError([f"allow_private: “{entry}” is no IP address, network or host name."]) from None
                names.append(_plain(entry))
        return cls(networks=tuple(networks), names=frozenset(names), downgrade=downgrade)

    def allow(self, address: Address, host: str) -> bool:
        """Tell whether `host` may be reached at `address`."""
        if _plain(host) in self.names:
            return True
        inner = _embedded(address)
        return inner in self or _is_public(inner)

    def __contains__(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def check(self, url: URL, *, before: URL | None = None) -> URL:
        """Return `url` if it may be asked (after a redirect from `before`); raise FetchError saying why not."""
        reason = self._objection(url) or self._downgrade(url, before)
        if reason:
            raise FetchError(f"{shown(url)} {reason}", permanent=True)
        return url

    def _objection(self, url: URL) -> str | None:
        if url.scheme not in {"http", "https"} or not url.host:
            return "is not an http or https address."
        if url.user is not None or url.password is not None:
            return "carries a user name or password, which would be stored and shown; use an address without."
        if url.port in BAD_PORTS:
            return f"names port {url.port}, which belongs to another protocol."
        return self._literal(url.host)

    def _literal(self, host: str) -> str | None:
        if not _looks_numeric(host) and ":" not in host:
            return None
        try:
            address = ip_address(host)
        except ValueError:  # 127.1, 0x7f000001, 017700000001: the socket layer would understand them
            return "writes an IP address in an unusual way, which hides where it leads."
        return None if self.allow(address, host) else private(host, address)

    def _downgrade(self, url: URL, before: URL | None) -> str | None:
        if before is None or self.downgrade or before.scheme != "https" or url.scheme == "https":
            return None
        return f"is not encrypted, and {shown(before)} redirects there from https."


def private(host: str, address: Address) -> str:
    """Return the clause that says an address is refused."""
    where = "" if host == str(address) else f" ({address})"
    return f"leads to a private address{where}; an operator can list it in allow_private."


def shown(url: URL) -> str:
    """Return a URL fit for a message: without user, password, query and fragment."""
    return str(url.with_user(None).with_query(None).with_fragment(None)) if url.host else str(url)[:100]


def _plain(host: str) -> str:
    return host.strip().rstrip(".").lower()


def _looks_numeric(host: str) -> bool:
    """WHATWG URL §3.5 "ends in a number": what some resolver may read as an IPv4 address."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdigit() or (last.startswith("0x") and all(c in "0123456789abcdef" for c in last[2:]))


def _embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), else the address."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    local = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    site = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not local and not site


class GuardedResolver(AbstractResolver):
    """Resolves names and passes on only the addresses that the rules allow."""

    def __init__(self, rules: AddressRules, *, lookup: Lookup = socket.getaddrinfo) -> None:
        self._rules = rules
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of `host`; raise FetchError if it has private ones only."""
        ask = partial(self._lookup, host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
        answers = await _in_thread(ask)
        found = [(kind, proto, ip_address(str(at[0]).partition("%")[0])) for kind, _, proto, _, at in answers]
        allowed = [row for row in found if self._rules.allow(row[2], host)]
        if found and not allowed:
            raise FetchError(f"{host} {private(host, found[0][2])}", permanent=True)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, proto, address in allowed
        ]

    async def close(self) -> None:
        """Do nothing: a lookup under way ends by itself."""


async def _in_thread(ask: Callable[[], Answers]) -> Answers:
    """Call in a daemon thread: a dead name server, which nothing can interrupt, must not delay the bot's end."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Answers] = loop.create_future()

    def settle(answers: Answers, error: Exception | None) -> None:
        if answered.done():
            return
        if error is None:
            answered.set_result(answers)
        else:
            answered.set_exception(error)

    def work() -> None:
        answers: Answers = ()
        trouble = None
        try:
            answers = ask()
        except Exception as error:  # noqa: BLE001  # handed on to the one who waits
            trouble = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, answers, trouble)

    threading.Thread(target=work, name="resolve", daemon=True).start()
    return await answered
