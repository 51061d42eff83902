"""Cross-signing: the bot's owner keys vouch for its device, so that clients that exclude insecure devices trust it.

Spec 1.18 §11.12.3 "Cross-signing", MSC4153. The three seeds are on the disk before their keys are published:
keys whose seeds are lost lock the account's next device out.
"""

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from adapters.matrix.folder import Folder
from adapters.matrix.login import OK, ask
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.text import address
from bot.domain.errors import ChatDown

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from nio import AsyncClient

MASTER, SELF, USER = "master", "self_signing", "user_signing"
QUERY = "/_matrix/client/v3/keys/query"
ASKS_PASSWORD = 401
FOREIGN = (
    "The account has a signing identity that is not in this folder, so encrypted messages of the bot look insecure: "
    "put the folder matrix.store back from a backup, or set matrix.reset_identity = true with the password."
)


class Signing:
    """The account's own identity.

    Attributes:
        identity: its master key by name, once it stands for this device.

    """

    def __init__(self, client: "AsyncClient", settings: MatrixSettings, folder: Folder) -> None:
        self._client = client
        self._olm: Any = client.olm
        self._settings = settings
        self._folder = folder
        self.identity: dict[str, str] = {}

    async def ensure(self) -> str:
        """Publish the identity and sign this device where that is not done yet.

        Returns what is wrong, for the operator, or nothing. Raises ChatDown if the server does not answer usefully.
        """
        keys = self._keys()
        problem = await self._published(keys) or await self._sign_device(keys[SELF], await self._query())
        self.identity = {} if problem else {_name(keys[MASTER]): _public(keys[MASTER])}
        return problem

    async def vouch(self, device: dict[str, Any]) -> dict[str, str]:
        """Return the owner's signature of a device that is yet to be published: so nobody ever sees it unsigned.

        Publishes the identity before. Returns nothing if that cannot be (`ensure` says why).
        """
        keys = self._keys()
        return {} if await self._published(keys) else {_name(keys[SELF]): _signed(keys[SELF], device)}

    async def _published(self, keys: dict[str, "Ed25519PrivateKey"]) -> str:
        """Publish the identity unless it is; return what keeps us from it, or nothing."""
        shown = await self._query()
        theirs = shown.get("master_keys", {}).get(self._client.user_id, {}).get("keys", {})
        if _name(keys[MASTER]) in theirs:
            return ""
        return FOREIGN if theirs and not self._settings.reset_identity else await self._publish(keys)

    def _keys(self) -> dict[str, "Ed25519PrivateKey"]:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        seeds = self._folder.seeds()
        if seeds is None:
            made = {use: Ed25519PrivateKey.generate() for use in (MASTER, SELF, USER)}
            self._folder.keep_seeds({use: key.private_bytes_raw().hex() for use, key in made.items()})
            return made
        return {use: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)) for use, seed in seeds.items()}

    async def _query(self) -> dict[str, Any]:
        status, answer = await ask(self._client, "POST", QUERY, {"device_keys": {self._client.user_id: []}})
        if status != OK:
            raise ChatDown(f"The homeserver does not show the bot's keys (HTTP {status}).")
        return answer

    async def _publish(self, keys: dict[str, "Ed25519PrivateKey"]) -> str:
        """Upload the three keys; the device vouches for the master key."""
        user = self._client.user_id
        master = self._described(keys[MASTER], MASTER)
        device = f"ed25519:{self._client.device_id}"
        body: dict[str, Any] = {
            "master_key": {**master, "signatures": {user: {device: self._olm.sign_json(master)}}},
        }
        for use in (SELF, USER):
            described = self._described(keys[use], use)
            body[f"{use}_key"] = {
                **described,
                "signatures": {user: {_name(keys[MASTER]): _signed(keys[MASTER], described)}},
            }
        path = "/_matrix/client/v3/keys/device_signing/upload"
        status, answer = await ask(self._client, "POST", path, body)
        if status == ASKS_PASSWORD and self._settings.password and "session" in answer:
            who = {"type": "m.id.user", "user": user}
            proof = {"type": "m.login.password", "identifier": who, "password": self._settings.password}
            status, answer = await ask(
                self._client, "POST", path, {**body, "auth": {**proof, "session": answer["session"]}}
            )
        if status == ASKS_PASSWORD:
            return _consent(answer)
        return "" if status == OK else f"The homeserver refuses the bot's signing keys ({answer.get('error', status)})."

    def _described(self, key: "Ed25519PrivateKey", use: str) -> dict[str, Any]:
        return {"user_id": self._client.user_id, "usage": [use], "keys": {_name(key): _public(key)}}

    async def _sign_device(self, key: "Ed25519PrivateKey", shown: dict[str, Any]) -> str:
        """Sign the device as the server shows it, if it shows the device that we are."""
        user, device = self._client.user_id, self._client.device_id
        keys = dict(shown.get("device_keys", {}).get(user, {}).get(device, {}))
        keys.pop("unsigned", None)
        ours = self._olm.account.identity_keys["ed25519"]
        if keys.get("keys", {}).get(f"ed25519:{device}") != ours:
            return (
                "The homeserver shows other keys for the bot's device than this folder holds; log in as a new device."
            )
        if _name(key) in keys.get("signatures", {}).get(user, {}):
            return ""
        signed = {**keys, "signatures": {user: {_name(key): _signed(key, keys)}}}
        path = "/_matrix/client/v3/keys/signatures/upload"
        status, answer = await ask(self._client, "POST", path, {user: {device: signed}})
        if status == OK and not answer.get("failures"):
            return ""
        return f"The homeserver refuses the signature of the bot's device ({answer.get('error', status)})."


def _consent(answer: dict[str, Any]) -> str:
    """Say what the homeserver wants before it takes signing keys (spec 1.18, "User-Interactive Authentication")."""
    params = answer.get("params")
    asked = params.values() if isinstance(params, dict) else ()
    pages = [one.get("url") for one in asked if isinstance(one, dict)]
    page = next((url for url in pages if isinstance(url, str) and address(url)), None)
    if page is not None:
        return f"The homeserver wants the account's consent to new signing keys: open {page}, then start the bot again."
    return "The homeserver wants the bot's password before it takes its signing keys; set matrix.password once."


def _public(key: "Ed25519PrivateKey") -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")


def _name(key: "Ed25519PrivateKey") -> str:
    return f"ed25519:{_public(key)}"


def _signed(key: "Ed25519PrivateKey", content: dict[str, Any]) -> str:
    from nio.api import Api

    bare = {name: value for name, value in content.items() if name not in {"signatures", "unsigned"}}
    return b64encode(key.sign(Api.to_canonical_json(bare).encode())).decode().rstrip("=")
