"""The key by which push services recognize this installation: VAPID, RFC 8292."""

from datetime import timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chatapp.base64url import to_base64url
from chatapp.clock import now

KEY_BYTES = 32
TOKEN_LIFETIME = timedelta(hours=12)
"""RFC 8292 section 2: 24 hours at most. Clocks differ."""

CURVE = ec.SECP256R1()


class ApplicationKey:
    """A key pair. `private` is its secret number, of KEY_BYTES."""

    def __init__(self, private: bytes) -> None:
        self._pair = ec.derive_private_key(int.from_bytes(private), CURVE)
        point = self._pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = to_base64url(point)
        """As browsers take it to subscribe, and push services to check a token."""

    def authorization(self, origin: str, contact: str) -> str:
        """The header that authorizes a message to the push service of this origin."""
        claims = {"aud": origin, "exp": now() + TOKEN_LIFETIME, "sub": contact}
        token = jwt.encode(claims, self._pair, algorithm="ES256")
        return f"vapid t={token}, k={self.public}"


def new_private_key() -> bytes:
    return ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(KEY_BYTES)
