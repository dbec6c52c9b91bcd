"""Uploads by the tus protocol, as a client makes them, through Flask's test client or over HTTP."""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

import requests

TUS = {"Tus-Resumable": "1.0.0"}


class Client(Protocol):
    """What sends a request."""

    def post(self, path: str, **options: Any) -> Any: ...
    def patch(self, path: str, **options: Any) -> Any: ...


class HttpClient:
    """What sends requests to a server, whose address ends without a slash."""

    def __init__(self, address: str, session: requests.Session | None = None) -> None:
        self._address = address
        self._session = session or requests.Session()

    def post(self, path: str, **options: Any) -> Any:
        return self._session.post(self._address + path, timeout=30, **options)

    def patch(self, path: str, **options: Any) -> Any:
        return self._session.patch(self._address + path, timeout=30, **options)


class SignedIn:
    """A client whose requests all have these headers."""

    def __init__(self, client: Client, headers: Mapping[str, str]) -> None:
        self._client, self._headers = client, headers

    def post(self, path: str, **options: Any) -> Any:
        return self._client.post(path, **self._signed(options))

    def patch(self, path: str, **options: Any) -> Any:
        return self._client.patch(path, **self._signed(options))

    def _signed(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**options, "headers": {**self._headers, **options.get("headers", {})}}


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def begin(browser: Client, size: int, name: str = "a.txt", kind: str = "") -> Any:
    """The answer to the creation of an upload."""
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(filename=name, filetype=kind)}
    return browser.post("/uploads", headers=headers)


def add(browser: Client, path: str, offset: int, data: bytes, **headers: str) -> Any:
    """The answer to more bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.patch(
        path,
        data=data,
        headers={**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **named},
    )


def upload(browser: Client, data: bytes, name: str = "a.txt", kind: str = "") -> str:
    """The id of a complete upload."""
    begun = begin(browser, len(data), name, kind)
    assert begun.status_code == 201, begun.text
    path: str = begun.headers["Location"]
    if data:
        added = add(browser, path, 0, data)
        assert added.status_code == 204, added.text
    return path.rpartition("/")[2]
