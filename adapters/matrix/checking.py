"""What an operator wants to know of the Matrix account before and after a start."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import aiohttp

from adapters.matrix.errors import TOO_MANY, refusal, unreachable
from adapters.matrix.folder import Folder
from adapters.matrix.login import OK, ask, bare_client, closed, whoami
from adapters.matrix.settings import Account, MatrixSettings
from adapters.matrix.signing import QUERY
from adapters.matrix.text import address
from bot.domain.errors import ChatError, ConfigError, RateLimited

if TYPE_CHECKING:
    from nio import AsyncClient

LIMIT = "/_synapse/admin/v1/users/{user}/override_ratelimit"


async def check(settings: MatrixSettings) -> tuple[Sequence[str], Sequence[str]]:
    """Ask the homeserver; return what is well and what is missing, one sentence each. Logs in nowhere."""
    try:
        account = _account(settings)
    except ConfigError as error:
        return (), error.problems
    client = bare_client(settings, account)
    try:
        problem = await _misplaced(client)
        return ((), (problem,)) if problem else await _checked(client, settings, account)
    except RateLimited as error:
        wait = math.ceil(error.retry_after.total_seconds())
        return (), (f"Matrix: the homeserver wants patience; check again in {wait} s.",)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return (), (f"Matrix: {unreachable(error)} Check matrix.homeserver.",)
    except ChatError as error:
        return (), (f"Matrix: {error}",)
    finally:
        await closed(client)


def _account(settings: MatrixSettings) -> Account | None:
    if settings.access_token and settings.device_id:
        return Account(user_id=settings.user_id, device_id=settings.device_id, access_token=settings.access_token)
    return Folder(settings.store, settings.store_key).account() if settings.store.is_dir() else None


async def _misplaced(client: "AsyncClient") -> str:
    """Say what is wrong with the address, or nothing: people write their domain, which may only name its homeserver."""
    status, answer = await ask(client, "GET", "/_matrix/client/versions")
    if status == OK and answer.get("versions"):
        return ""
    _, told = await ask(client, "GET", "/.well-known/matrix/client")
    named = told.get("m.homeserver")
    url = named.get("base_url") if isinstance(named, dict) else None
    if isinstance(url, str) and address(url):
        return f'Matrix: no homeserver answers at matrix.homeserver; its domain names "{url.rstrip("/")}", write that.'
    return f"Matrix: no homeserver answers at matrix.homeserver (HTTP {status}); correct its address."


async def _checked(
    client: "AsyncClient", settings: MatrixSettings, account: Account | None
) -> tuple[Sequence[str], Sequence[str]]:
    if account is None:
        return await _before_login(client)
    await whoami(client, account)
    well = [f"Matrix: logged in as {account.user_id}, device {account.device_id}; its keys are in {settings.store}."]
    missing: list[str] = []
    status, shown = await ask(client, "POST", QUERY, {"device_keys": {account.user_id: []}})
    if status == TOO_MANY:
        raise refusal(status, shown)
    problem = _unsigned(shown, account) if status == OK else f"the homeserver does not show keys (HTTP {status})"
    if problem:
        missing.append(
            f"Matrix: {problem}; encrypted messages will look insecure. Start the bot once, it signs its device."
        )
    else:
        well.append("Matrix: the device is signed by its owner, so strict clients trust it.")
        well.append(f"Matrix: whoever wants to be sure compares the device's session key: {_spoken(shown, account)}")
    return [*well, await _limits(client, account)], missing


async def _before_login(client: "AsyncClient") -> tuple[Sequence[str], Sequence[str]]:
    """Say whether the password can be used at all: some servers leave logins to a service of their own."""
    status, answer = await ask(client, "GET", "/_matrix/client/v3/login")
    if status != OK:
        raise refusal(status, answer)
    kinds = {flow.get("type") for flow in answer.get("flows", []) if isinstance(flow, dict)}
    if "m.login.password" not in kinds:
        return (), (
            "Matrix: this homeserver takes no passwords; set matrix.access_token and matrix.device_id instead.",
        )
    return ("Matrix: not logged in yet; the bot does that at its first start, once.",), ()


def _unsigned(shown: dict[str, Any], account: Account) -> str:
    """Return what keeps a strict client from trusting the device, or nothing."""
    user = account.user_id
    if not shown.get("master_keys", {}).get(user):
        return "the account has no signing identity"
    device = shown.get("device_keys", {}).get(user, {}).get(account.device_id)
    if not device:
        return "the device has published no keys"
    owners = shown.get("self_signing_keys", {}).get(user, {}).get("keys", {})
    signed = device.get("signatures", {}).get(user, {})
    return "" if any(name in signed for name in owners) else "the device is not signed by its owner"


def _spoken(shown: dict[str, Any], account: Account) -> str:
    """Return the device's key as clients show it: in groups of four."""
    key = str(shown["device_keys"][account.user_id][account.device_id]["keys"][f"ed25519:{account.device_id}"])
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


async def _limits(client: "AsyncClient", account: Account) -> str:
    """Say what limits the bot; only an admin may ask, so a bot that is none names the line for the admin."""
    path = LIMIT.format(user=account.user_id)
    status, answer = await ask(client, "GET", path)
    if status == OK and answer.get("messages_per_second") == 0:
        return "Matrix: the homeserver does not limit how much the bot sends."
    return (
        "Matrix: homeservers limit senders (Synapse: 10 messages at once, then one in 5 s); bursts become digests. "
        f"An admin of a Synapse lifts that: curl -X POST -H 'Authorization: Bearer ADMIN_TOKEN' "
        f'-d \'{{"messages_per_second": 0, "burst_count": 0}}\' {client.homeserver}{path}'
    )
