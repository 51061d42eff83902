"""Verification by emoji, on the side that is asked (spec 1.18, "Short Authentication String (SAS) verification"). Pure.

A person compares the emoji that their client shows with those in the bot's log. The bot has no eyes: it agrees, and
whoever finds other emoji does not.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

METHOD, AGREEMENT, HASH, MAC = "m.sas.v1", "curve25519-hkdf-sha256", "sha256", "hkdf-hmac-sha256.v2"
AFTER = {"": {"request", "start"}, "request": {"start"}, "start": {"key"}, "key": {"mac"}, "mac": set[str]()}
"""What may be heard after what."""
Said = tuple[str, dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class Verification:
    """One conversation with one client.

    Attributes:
        id: what its messages refer to.
        user, me: who asks, and the bot.
        device: the bot's.
        keys: the bot's public keys by name, for the other side to trust.
        known: what is known of theirs.
        emoji: what both sides show, once both have keys.
        their_device: from which they ask.
        over: nothing more is to be said.

    """

    id: str
    user: str
    me: str
    device: str
    keys: Mapping[str, str]
    known: Mapping[str, str]
    emoji: str = ""
    their_device: str = ""
    over: bool = False
    _heard: str = ""
    _sas: Any = None
    _shared: Any = None

    def hear(self, kind: str, content: Mapping[str, Any]) -> Sequence[Said]:
        """Return what to answer, each a kind and its content."""
        if kind in {"done", "cancel"}:
            self.over = True
            return ()
        if kind not in AFTER[self._heard]:
            return self._cancelled("m.unexpected_message", f"{kind} was not expected")
        self._heard = kind
        steps = {"request": self._requested, "start": self._started, "key": self._exchanged, "mac": self._proven}
        try:
            return steps[kind](content)
        except ValueError as error:  # vodozemac's errors are such
            return self._cancelled("m.key_mismatch" if kind == "mac" else "m.invalid_message", str(error))

    def _requested(self, content: Mapping[str, Any]) -> Sequence[Said]:
        self.their_device = _text(content, "from_device")
        if METHOD not in _listed(content, "methods"):
            return self._cancelled("m.unknown_method", "only emoji can be compared")
        return [("ready", {"from_device": self.device, "methods": [METHOD]})]

    def _started(self, content: Mapping[str, Any]) -> Sequence[Said]:
        from nio.api import Api
        from vodozemac import Sas

        self.their_device = _text(content, "from_device")
        wanted = {"key_agreement_protocols": AGREEMENT, "hashes": HASH, "message_authentication_codes": MAC}
        offered = all(one in _listed(content, name) for name, one in wanted.items())
        if content.get("method") != METHOD or not offered:
            return self._cancelled("m.unknown_method", "this is not spoken here")
        self._sas = Sas()
        committed = self._sas.public_key.to_base64() + Api.to_canonical_json(dict(content))
        accepted = {
            "method": METHOD,
            "key_agreement_protocol": AGREEMENT,
            "hash": HASH,
            "message_authentication_code": MAC,
            "short_authentication_string": ["emoji"],
            "commitment": b64encode(sha256(committed.encode()).digest()).decode().rstrip("="),
        }
        return [("accept", accepted)]

    def _exchanged(self, content: Mapping[str, Any]) -> Sequence[Said]:
        from nio.crypto.sas import Sas
        from vodozemac import Curve25519PublicKey

        theirs, ours = _text(content, "key"), self._sas.public_key.to_base64()
        self._shared = self._sas.diffie_hellman(Curve25519PublicKey.from_base64(theirs))
        sides = f"{self.user}|{self.their_device}|{theirs}|{self.me}|{self.device}|{ours}"
        shown = self._shared.bytes(f"MATRIX_KEY_VERIFICATION_SAS|{sides}|{self.id}").emoji_indices
        self.emoji = " · ".join(" ".join(Sas.emoji[index]) for index in shown)
        return [("key", {"key": ours})]

    def _proven(self, content: Mapping[str, Any]) -> Sequence[Said]:
        theirs = f"MATRIX_KEY_VERIFICATION_MAC{self.user}{self.their_device}{self.me}{self.device}{self.id}"
        macs = content.get("mac")
        macs = macs if isinstance(macs, Mapping) else {}
        self._shared.verify_mac(",".join(sorted(macs)), f"{theirs}KEY_IDS", _text(content, "keys"))
        for name in macs.keys() & self.known.keys():
            self._shared.verify_mac(self.known[name], f"{theirs}{name}", _text(macs, name))
        ours = f"MATRIX_KEY_VERIFICATION_MAC{self.me}{self.device}{self.user}{self.their_device}{self.id}"
        proof = {name: self._shared.calculate_mac(key, f"{ours}{name}") for name, key in self.keys.items()}
        names = self._shared.calculate_mac(",".join(sorted(proof)), f"{ours}KEY_IDS")
        return [("mac", {"mac": proof, "keys": names}), ("done", {})]

    def _cancelled(self, code: str, reason: str) -> Sequence[Said]:
        self.over = True
        return [("cancel", {"code": code, "reason": f"Rapporteur: {reason}"})]


def _text(content: Mapping[str, Any], name: str) -> str:
    found = content.get(name)
    if not isinstance(found, str):
        raise ValueError(f"{name} is missing")  # noqa: TRY004  # what the other side sent, not how we were called
    return found


def _listed(content: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = content.get(name)
    return found if isinstance(found, list) else ()
