"""Matrix as a chat platform: one session at a time, with everything in it opened and closed together."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import aiohttp
import structlog

from adapters.matrix.errands import Errands
from adapters.matrix.errors import LoggedOut, unreachable
from adapters.matrix.folder import JOURNAL, Folder
from adapters.matrix.hearing import Hearing
from adapters.matrix.journal import Journal, open_journal
from adapters.matrix.keys import Keys
from adapters.matrix.login import closed, keyed_client, log_in, whoami
from adapters.matrix.posting import Posting
from adapters.matrix.rooms import Rooms
from adapters.matrix.sending import Sender
from adapters.matrix.settings import Account, Allowed, MatrixSettings
from adapters.matrix.signing import Signing
from adapters.matrix.sync import Sync
from adapters.matrix.verifying import Verifying
from bot.domain.alerts import DeliveryKey
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.errors import ChatDown, ChatError, ConfigError, RateLimited, StoreError, Unauthorised, Undeliverable
from bot.domain.ports import Clock, Desk

if TYPE_CHECKING:
    from nio import AsyncClient

FIRST, LONGEST = timedelta(seconds=1), timedelta(minutes=5)
SHORTEST = timedelta(seconds=0.2)
HEAVY = ("nio", "cryptography.fernet", "cryptography.hazmat.primitives.asymmetric.ed25519")
SOON = 10.0
"""Seconds that a message waits for the first sync, so that a start is no failed attempt."""
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Session:
    """What one login works with."""

    client: "AsyncClient"
    journal: Journal
    keys: Keys
    rooms: Rooms
    sender: Sender
    signing: Signing
    posting: Posting
    verifying: Verifying


class MatrixChat:
    """The `Chat` port for one account."""

    def __init__(self, settings: MatrixSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = Folder(settings.store, settings.store_key)
        self._session: Session | None = None
        self._ready = asyncio.Event()
        self._trouble = ""
        self._unsigned = ""

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        """Post, under `thread` if given; what was begun under a key goes on, and is not begun twice."""
        session = await self._connected()
        return Receipt(await session.posting.post(to.id, what, thread, key))

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        """Replace a message's content; post anew and return that receipt if the message is gone."""
        session = await self._connected()
        return Receipt(await session.posting.edit(to.id, message, what, key))

    async def left(self, where: Conversation, people: Collection[str]) -> Collection[str]:
        """Return those of these people who are not in the room any more."""
        session = await self._connected()
        return await session.rooms.left(where.id, people)

    async def serve(self, desk: Desk) -> None:
        """Bring what people type to the desk until cancelled; Unauthorised if the login is gone."""
        async with self._opened() as session:
            allowed = Allowed(self._settings)
            errands = Errands(
                session.client, session.journal, session.posting, desk=desk, allowed=allowed, clock=self._clock
            )
            hearing = Hearing(session.client, session.journal, session.rooms, desk, allowed)
            work = asyncio.create_task(self._run(errands, session.verifying))
            try:
                await self._listen(session, hearing, errands)
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    async def _run(self, errands: Errands, verifying: Verifying) -> None:
        await self._ready.wait()  # nothing is said by a device that is not signed
        await asyncio.gather(errands.run(), verifying.run())

    def state(self) -> str:
        """Return how the line is, for `status`."""
        session = self._session
        if session is None or not self._ready.is_set():
            return f"not connected. {self._trouble}".strip()
        client, withheld = session.client, session.keys.withheld
        rooms = "1 room" if len(client.rooms) == 1 else f"{len(client.rooms)} rooms"
        told = [f"{client.user_id}, device {client.device_id}, {rooms}"]
        if withheld:
            users = ", ".join(f"{user} ({code})" for user, code in sorted(withheld.items())[:5])
            told.append(f"Clients that do not trust the bot's device: {users}; run rapporteur check.")
        return " · ".join([*told, *filter(None, (self._trouble, self._unsigned))])

    async def _connected(self) -> Session:
        try:
            async with asyncio.timeout(SOON):
                await self._ready.wait()
        except TimeoutError:
            raise ChatDown(f"Matrix is not connected. {self._trouble}".strip()) from None
        if self._session is None:
            raise ChatDown("Matrix is not connected.")
        return self._session

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Session]:
        """Log in and open the keys; ChatDown or Unauthorised, and nothing else of the network's."""
        try:
            self._folder.prepare()
            for heavy in HEAVY:  # beside the loop: half a second
                await asyncio.to_thread(import_module, heavy)
            logging.getLogger("nio").setLevel(logging.CRITICAL)  # what matters of that we log ourselves
            account = await self._account()
            async with open_journal(self._folder.path / JOURNAL) as journal:
                client = keyed_client(self._settings, account, self._folder)
                session = self._equipped(client, journal)
                try:
                    await whoami(client, account)
                    self._session = session
                    yield session
                finally:
                    self._ready.clear()
                    self._session = None
                    await session.sender.close()
                    await closed(client)
        except ConfigError as error:
            raise Unauthorised(str(error)) from error
        except LoggedOut:
            self._folder.forget_account()
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._trouble = str(unreachable(error))
            raise unreachable(error) from error
        except ChatError:
            raise
        except Exception as error:
            log.exception("matrix.broke")
            raise ChatDown(f"Matrix broke the bot ({type(error).__name__}); report this as a bug.") from error

    def _equipped(self, client: "AsyncClient", journal: Journal) -> Session:
        allowed = Allowed(self._settings)
        signing = Signing(client, self._settings, self._folder)
        keys = Keys(client, journal, signing.vouch)
        sender = Sender(client, journal, keys, self._clock)
        return Session(
            client=client,
            journal=journal,
            keys=keys,
            rooms=Rooms(client, allowed),
            sender=sender,
            signing=signing,
            posting=Posting(client, journal, sender, self._settings.zone),
            verifying=Verifying(client, sender, signing, allowed=allowed, clock=self._clock),
        )

    async def _account(self) -> Account:
        """Log in if that is still to be done; ChatDown to come again, Unauthorised if it will not be."""
        try:
            return await log_in(self._settings, self._folder)
        except RateLimited as error:
            await self._clock.sleep_until(self._clock.now() + error.retry_after)
            raise ChatDown("The homeserver limits logins; this one is tried again.") from error
        except Undeliverable as error:
            raise Unauthorised(str(error)) from error

    async def _listen(self, session: Session, hearing: Hearing, errands: Errands) -> None:
        """Sync for ever; what does not work is tried again with the same token, ever more slowly."""
        sync = Sync(
            session.client,
            session.journal,
            session.keys,
            rooms=session.rooms,
            verifying=session.verifying,
            settings=self._settings,
            clock=self._clock,
        )
        pause, first = FIRST, True
        while True:
            wait: timedelta | None = None
            asked = self._clock.now()
            try:
                await sync.once(first=first)
                if first:
                    await self._introduce(session)
                    first = False
                await hearing.hand_over()
            except Unauthorised:
                raise
            except (ChatError, StoreError, aiohttp.ClientError, TimeoutError, OSError) as error:
                self._trouble = str(error if isinstance(error, ChatError | StoreError) else unreachable(error))
                log.warning("matrix.sync_failed", why=self._trouble)
                wait = error.retry_after if isinstance(error, RateLimited) else pause
            except Exception:
                log.exception("matrix.sync_broke")
                wait = pause
            errands.wake()
            if wait is None:
                self._trouble, pause = "", FIRST
                await self._clock.sleep_until(asked + SHORTEST)  # some servers hold no request
                continue
            await self._clock.sleep_until(self._clock.now() + wait * random.uniform(1, 1.5))  # noqa: S311  # no secret
            pause = min(pause * 2, LONGEST)

    async def _introduce(self, session: Session) -> None:
        """Sign the device and learn the bot's name, once the first sync has brought the rooms."""
        self._unsigned = await session.signing.ensure()
        if self._unsigned:
            log.error("matrix.unsigned", why=self._unsigned)
        await session.rooms.learn_name()
        self._ready.set()
