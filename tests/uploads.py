"""Uploads by the tus protocol, as a client makes them, through Flask's test client or over HTTP."""

import base64
from typing import Any, Protocol

TUS = {"Tus-Resumable": "1.0.0"}


class Client(Protocol):
    """What sends a request."""

    def post(self, path: str, **options: Any) -> Any: ...
    def patch(self, path: str, **options: Any) -> Any: ...


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
