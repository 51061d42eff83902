"""A real homeserver on loopback with Synapse's own rate limits on sending; people are freed from them one by one.

Logins are not limited: all tests log in from one address.
"""

import asyncio
import hashlib
import hmac
import random
import secrets
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

CONFIG = """\
server_name: localhost
listeners: [{{port: {port}, bind_addresses: ["127.0.0.1"], type: http, resources: [{{names: [client]}}]}}]
database: {{name: sqlite3, args: {{database: {data}/homeserver.db}}}}
log_config: {data}/log.yaml
media_store_path: {data}/media
signing_key_path: {data}/signing.key
registration_shared_secret: "{secret}"
macaroon_secret_key: "{secret}"
form_secret: "{secret}"
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
bcrypt_rounds: 4
rc_login: {{address: {{per_second: 100, burst_count: 100}}, account: {{per_second: 100, burst_count: 100}}}}
{extra}
"""
LOG = """\
version: 1
formatters: {{line: {{format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}}}
handlers: {{file: {{class: logging.FileHandler, formatter: line, filename: {data}/homeserver.log}}}}
root: {{level: INFO, handlers: [file]}}
disable_existing_loggers: false
"""
BOOT = 180.0
"""Seconds that a start may take on a slow machine."""
PORTS = range(10_000, 30_000)
"""Below those that systems give to outgoing connections, so that nobody takes ours while it is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user of the homeserver, logged in."""

    user_id: str
    device_id: str
    access_token: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Homeserver:
    """One Synapse; its data stays in a folder, so that it can be stopped and started again."""

    python: Path
    data: Path
    extra: str = ""
    port: int = 0
    _secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _process: asyncio.subprocess.Process | None = None
    _admin: Login | None = None
    _numbers: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.data / "homeserver.log").read_text("utf-8", "replace")

    async def start(self) -> None:
        """Start it and return when it answers; another program may take the port before it does, but not thrice."""
        self.data.mkdir(parents=True, exist_ok=True)
        fixed = self.port
        async with asyncio.timeout(BOOT):
            for _ in range(3):
                self.port = fixed or _free_port()
                await self._launch()
                if await self._is_up():
                    return
        raise AssertionError((self.data / "console.log").read_text("utf-8", "replace")[-4000:])

    async def _launch(self) -> None:
        values = {"port": self.port, "data": self.data, "secret": self._secret, "extra": self.extra}
        config = self.data / "homeserver.yaml"
        config.write_text(CONFIG.format(**values))
        (self.data / "log.yaml").write_text(LOG.format(**values))
        command = [str(self.python), "-m", "synapse.app.homeserver", "-c", str(config)]
        with (self.data / "console.log").open("ab") as console:
            if not (self.data / "signing.key").exists():
                made = await asyncio.create_subprocess_exec(*command, "--generate-keys", stdout=console, stderr=console)
                assert await made.wait() == 0
            self._process = await asyncio.create_subprocess_exec(*command, stdout=console, stderr=console)

    async def _is_up(self) -> bool:
        """Wait until it answers; False if it ended instead."""
        assert self._process is not None
        while not await self._answers():
            if self._process.returncode is not None:
                return False
            await asyncio.sleep(0.1)
        return True

    async def stop(self) -> None:
        """Stop it as an operator would."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            await self._process.wait()
        self._process = None

    async def register(self, name: str = "", *, admin: bool = False, limited: bool = False) -> Login:
        """Make a user; one who is not `limited` may send as fast as they can."""
        self._numbers += 1
        name, password = name or f"person{self._numbers}-{secrets.token_hex(3)}", secrets.token_hex(8)
        _, given = await self.ask("GET", "/_synapse/admin/v1/register")
        rank = "admin" if admin else "notadmin"
        proof = hmac.new(self._secret.encode(), digestmod=hashlib.sha1)
        proof.update("\0".join((given["nonce"], name, password, rank)).encode())
        wanted = {"nonce": given["nonce"], "username": name, "password": password, "admin": admin}
        status, made = await self.ask("POST", "/_synapse/admin/v1/register", {**wanted, "mac": proof.hexdigest()})
        assert status == 200, made
        login = Login(
            user_id=made["user_id"], device_id=made["device_id"], access_token=made["access_token"], password=password
        )
        if not limited:
            await self.free(login.user_id)
        return login

    async def free(self, user_id: str) -> None:
        """Lift a user's rate limits, as an operator does for a bot."""
        if self._admin is None:
            self._admin = await self.register("operator", admin=True, limited=True)
        path = f"/_synapse/admin/v1/users/{user_id}/override_ratelimit"
        none = {"messages_per_second": 0, "burst_count": 0}
        status, said = await self.ask("POST", path, none, self._admin)
        assert status == 200, said

    async def ask(
        self, method: str, path: str, body: Any = None, by: Login | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Ask the server as a user would."""
        headers = {"Authorization": f"Bearer {by.access_token}"} if by else {}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + path, json=body, headers=headers) as answer,
        ):
            return answer.status, await answer.json()

    async def _answers(self) -> bool:
        try:
            status, _ = await self.ask("GET", "/_matrix/client/versions")
        except (aiohttp.ClientError, OSError):
            return False
        return status == 200


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
