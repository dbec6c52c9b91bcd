"""A push service on loopback, and browsers that subscribe to it and read what they get, without the library that
encrypts it."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.people import wait_until

CURVE = ec.SECP256R1()


@dataclass
class Received:
    """A request to the push service."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService(ThreadingHTTPServer):
    """Answers every message with `status`, after `delay` seconds. Keeps all of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.status = 201
        self.headers: dict[str, str] = {}
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(Received(self.path, dict(self.headers), body))
        self.server.may_answer.wait(30)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield service
    service.may_answer.set()
    service.shutdown()
    thread.join()
    service.server_close()


@dataclass
class PushBrowser:
    """A browser's side of a subscription (RFC 8291)."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    secret: bytes = b"sixteen  secrets"

    def body(self, endpoint: str, **more: Any) -> dict[str, Any]:
        """The body of `PUT /push/subscription`."""
        return {"endpoint": endpoint, "keys": {"p256dh": encode(self._public), "auth": encode(self.secret)}, **more}

    def read(self, received: Received) -> dict[str, Any]:
        """What a message says: decrypted as in RFC 8291 section 3.4 and RFC 8188 section 2.1."""
        assert received.headers["Content-Encoding"] == "aes128gcm"
        assert len(received.body) <= 4096
        salt, record_size, id_length = received.body[:16], received.body[16:20], received.body[20]
        sender, text = received.body[21 : 21 + id_length], received.body[21 + id_length :]
        assert len(text) <= int.from_bytes(record_size)
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        key = _derive(shared, self.secret, b"WebPush: info\0" + self._public + sender, 32)
        content_key = _derive(key, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(key, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(content_key).decrypt(nonce, text, None).rstrip(b"\0")
        assert padded[-1] == 2, "the last record"
        said: dict[str, Any] = json.loads(padded[:-1])
        return said

    @property
    def _public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def messages(service: PushService, browser: PushBrowser, count: int, path: str | None = None) -> list[dict[str, Any]]:
    """What a browser is sent, once that are so many messages."""

    def received() -> list[Received]:
        return [one for one in list(service.received) if path is None or one.path == path]

    wait_until(lambda: len(received()) >= count)
    return [browser.read(one) for one in received()]


def token_of(received: Received, audience: str) -> tuple[dict[str, Any], str]:
    """The claims of the token of a message, whose signature is checked, and the public key that it names (RFC 8292)."""
    scheme, parameters = received.headers["Authorization"].split(" ", 1)
    assert scheme == "vapid"
    named = dict(part.strip().split("=", 1) for part in parameters.split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(named["k"]))
    claims: dict[str, Any] = jwt.decode(named["t"], key, algorithms=["ES256"], audience=audience)
    return claims, named["k"]


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
