"""Serves everything below a path, such as `/chat` of a host name that other services share."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chatapp import config_values as values
from chatapp.setting_field import setting

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PATH = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9._~-]*)+")


def _checked_path(given: str) -> str:
    """The path without a slash at its end; `/` is the root of the host name, and no path."""
    path = "/" + given.strip("/") if given.strip("/") else ""
    if path and not _PATH.fullmatch(path):
        raise ValueError
    return path


BASE_PATH = values.Type(_checked_path, "a path such as /chat, of letters, digits and the signs . _ ~ and -")


@dataclass(frozen=True)
class BasePathSettings:
    """See `chatapp.config`."""

    base_path: str = setting(
        "", "Path below which browsers reach the chat, such as `/chat`. Default: the root of its host name", BASE_PATH
    )


def wrong_address(name: str, address: str, settings: BasePathSettings) -> str | None:
    """The sentence that says that a public address of the chat, which is called `name`, leaves the path out."""
    if settings.base_path and address and urlsplit(address).path.rstrip("/") != settings.base_path:
        return f"{name} cannot be {address!r}: it ends with CHATAPP_BASE_PATH, which is {settings.base_path}."
    return None


class BasePath:
    """A WSGI application that moves the path from PATH_INFO to SCRIPT_NAME (PEP 3333).

    A proxy may pass requests on as they are or without the path: both find the same. The path without a slash at its
    end leads to the page, as a folder's does: relative addresses, and the scope of the service worker, need the slash.
    """

    def __init__(self, application: Application, path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("SCRIPT_NAME") == self._path:
            return self._application(environ, start_response)
        path: str = environ["PATH_INFO"]
        if path == self._path and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            query = environ.get("QUERY_STRING", "")
            location = f"{self._path}/" + (f"?{query}" if query else "")
            start_response("308 Permanent Redirect", [("Location", location), ("Content-Length", "0")])
            return []
        environ["SCRIPT_NAME"] = self._path
        if path.startswith(self._path + "/"):
            environ["PATH_INFO"] = path.removeprefix(self._path)
        return self._application(environ, start_response)
