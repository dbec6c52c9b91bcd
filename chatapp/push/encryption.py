"""Encrypts what a push service passes on to a browser, so that only the browser can read it (RFC 8291)."""

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from chatapp.base64url import from_base64url
from chatapp.push.application_key import CURVE

KEY_BYTES = 65
"""An uncompressed point of the curve P-256."""
SECRET_BYTES = 16
MOST_BYTES = 3_993
"""Of plain text. RFC 8291 section 4: a push service takes 4,096 bytes, of which 103 are overhead."""


def check_keys(client_key: str, client_secret: str) -> None:
    """Raises ValueError for what no browser gives."""
    point = from_base64url(client_key)
    if len(point) != KEY_BYTES or len(from_base64url(client_secret)) != SECRET_BYTES:
        raise ValueError
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def encrypted(text: bytes, client_key: str, client_secret: str) -> bytes:
    """The body of a request to the push service, in the content coding `aes128gcm`."""
    pair = ec.generate_private_key(CURVE)
    body: bytes = http_ece.encrypt(
        text,
        private_key=pair,
        dh=from_base64url(client_key),
        auth_secret=from_base64url(client_secret),
        version="aes128gcm",
    )
    return body
