"""A provider that answers as a test says, also in ways in which no honest provider would."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "chatapp", "the secret of the client in this test"
Answer = tuple[int, bytes]


class ScriptedProvider:
    """`claims` go into the next ID token, `userinfo` comes from the endpoint of that name. `answers` replaces what a
    path answers. Every request is in `requests`, as its path and its form."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.published = [self.key]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.reset()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answers: dict[str, Callable[[], Answer]] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.requests: list[tuple[str, dict[str, str]]] = []

    def signed(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        key = key or self.key
        header = {"alg": "RS256", "kid": key.kid, **header}
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def count(self, path: str) -> int:
        return [one for one, _ in self.requests].count(path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        self.requests.append((path, form))
        if path in self.answers:
            return self.answers[path]()
        found = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda: {"keys": [key.as_dict(private=False) for key in self.published]},
            "/token": self._token,
            "/userinfo": lambda: {"sub": self.claims["sub"], **self.userinfo},
        }[path]()
        return 200, json.dumps(found).encode()

    def _metadata(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        places["userinfo_endpoint"] = "userinfo"
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{at}" for name, at in places.items()}, **self.metadata}

    def _token(self) -> dict[str, Any]:
        at = int(time.time())
        standard = {"iss": self.issuer, "aud": CLIENT_ID, "iat": at, "exp": at + 300}
        claims = {name: value for name, value in {**standard, **self.claims}.items() if value is not None}
        return {"access_token": "an access token", "token_type": "Bearer", "id_token": self.sign(claims)}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                status, body = provider.answer(self.path, {name: one[0] for name, one in parse_qs(form).items()})
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if 300 <= status < 400:
                    self.send_header("Location", body.decode())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                pass

        return Handler
