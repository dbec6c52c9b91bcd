"""A security key in software: it makes passkeys and signs with them, and can be told to do each step wrongly."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost"
"""Of Flask's test client."""
USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "===")


class Authenticator:
    """One passkey. `count` is its count of signatures; 0 for an authenticator that does not count."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.handle = b""
        self.count = 0

    def create(self, options: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Answers the options of `navigator.credentials.create`. See `_answer` for the changes."""
        self.handle = decode(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = b"\0" * 16 + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        domain, flags = options["rp"]["id"], USER_PRESENT | USER_VERIFIED | ATTESTED
        data = self._authenticator_data(changes.get("domain", domain), changes.get("flags", flags)) + attested
        statement = {"fmt": changes.get("format", "none"), "attStmt": {}, "authData": data}
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options, changes),
            "attestationObject": encode(cbor2.dumps(statement)),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(response)

    def get(self, options: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Answers the options of `navigator.credentials.get`."""
        client_data = self._client_data("webauthn.get", options, changes)
        flags = changes.get("flags", USER_PRESENT | USER_VERIFIED)
        data = self._authenticator_data(changes.get("domain", options["rpId"]), flags)
        signed = data + hashlib.sha256(decode(client_data)).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": encode(data),
            "signature": encode(changes.get("key", self.key).sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": encode(changes.get("handle", self.handle)),
        }
        return self._credential(response)

    def _authenticator_data(self, domain: str, flags: int) -> bytes:
        return hashlib.sha256(domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, options: dict[str, Any], changes: dict[str, Any]) -> str:
        data = {
            "type": changes.get("type", kind),
            "challenge": changes.get("challenge", options["challenge"]),
            "origin": changes.get("origin", ORIGIN),
            "crossOrigin": changes.get("cross_origin", False),
        }
        return encode(json.dumps(data).encode())

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": response}
