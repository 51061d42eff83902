"""A nio client that is logged in: by what is kept, by an access token, or once by the password."""

from typing import TYPE_CHECKING, Any

import structlog

from adapters.matrix.errors import LOGGED_OUT, chat_error
from adapters.matrix.folder import Folder
from adapters.matrix.journal import private
from adapters.matrix.settings import Account, MatrixSettings
from bot.domain.errors import ChatDown, Unauthorised

if TYPE_CHECKING:  # nio takes 0.3 s to import; only a bot on Matrix needs it
    from collections.abc import Awaitable, Callable

    from nio import AsyncClient

DEVICE_NAME = "Rapporteur"
OK = 200
log = structlog.get_logger(__name__)


async def log_in(settings: MatrixSettings, folder: Folder) -> Account:
    """Return the login to use; asks the server for one only if none is kept. ChatDown, Unauthorised, RateLimited."""
    if settings.access_token and settings.device_id:
        return Account(user_id=settings.user_id, device_id=settings.device_id, access_token=settings.access_token)
    kept = folder.account()
    if kept is not None and kept.user_id == settings.user_id:
        return kept
    return await _with_password(settings, folder)


async def _with_password(settings: MatrixSettings, folder: Folder) -> Account:
    from nio import LoginResponse

    client = bare_client(settings)
    try:
        answer = await client.login(settings.password or "", device_name=DEVICE_NAME)
    finally:
        await closed(client)
    if not isinstance(answer, LoginResponse):
        error = chat_error(answer)
        if getattr(answer, "status_code", None) == "M_FORBIDDEN":
            raise Unauthorised("The homeserver refuses matrix.user_id and matrix.password; check both.")
        raise error
    account = Account(user_id=answer.user_id, device_id=answer.device_id, access_token=answer.access_token)
    folder.keep_account(account)
    log.info("matrix.logged_in", device=account.device_id)
    return account


def bare_client(settings: MatrixSettings, account: Account | None = None) -> "AsyncClient":
    """Return a client without keys, for questions about the account."""
    from nio import AsyncClient, AsyncClientConfig

    config = AsyncClientConfig(
        max_limit_exceeded=0, max_timeouts=0, request_timeout=settings.patience, encryption_enabled=False
    )
    client = AsyncClient(settings.homeserver, settings.user_id, config=config)
    if account is not None:
        client.user_id, client.device_id, client.access_token = account.user_id, account.device_id, account.access_token
    return client


def keyed_client(settings: MatrixSettings, account: Account, folder: Folder) -> "AsyncClient":
    """Return a client with the keys of the account's device."""
    from nio import AsyncClient, AsyncClientConfig
    from nio.store import SqliteStore

    name = f"{account.device_id}.db"
    private(folder.path / name)
    config = AsyncClientConfig(
        max_limit_exceeded=0,
        max_timeouts=0,
        request_timeout=settings.patience,
        store=SqliteStore,
        store_name=name,
        store_sync_tokens=False,
        pickle_key=folder.secret,
    )
    client = AsyncClient(settings.homeserver, settings.user_id, store_path=str(folder.path), config=config)
    client.restore_login(account.user_id, account.device_id, account.access_token)
    return client


async def closed(client: "AsyncClient") -> None:
    """Close a client's connections."""
    close: Callable[[], Awaitable[None]] = client.close
    await close()


async def whoami(client: "AsyncClient", account: Account) -> None:
    """Make sure that the token is this account's and this device's; Unauthorised if not, ChatDown if unknown."""
    from nio import WhoamiResponse

    answer = await client.whoami()
    if not isinstance(answer, WhoamiResponse):
        if getattr(answer, "status_code", None) in LOGGED_OUT:
            raise chat_error(answer)
        raise ChatDown(str(chat_error(answer)))
    if answer.user_id != account.user_id:
        raise Unauthorised(f"The login is {answer.user_id}'s, not {account.user_id}'s; correct matrix.user_id.")
    if answer.device_id not in {None, account.device_id}:  # servers before spec 1.1 do not say
        raise Unauthorised(f"The login is device {answer.device_id}'s; set matrix.device_id to that.")


async def ask(client: "AsyncClient", method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """Ask the server something that nio has no words for; returns the status and the answer, empty if it is no JSON."""
    from nio.api import Api

    headers = {"Authorization": f"Bearer {client.access_token}", "Content-Type": "application/json"}
    data = None if body is None else Api.to_json(body)
    answer = await client.send(method, path, data, headers)
    parsed: object = await client.parse_body(answer)
    return answer.status, parsed if isinstance(parsed, dict) else {}
