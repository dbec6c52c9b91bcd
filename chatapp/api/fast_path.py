"""Answers GET requests without Flask's request, if their operation does not need it.

Flask's request and response take a quarter of the CPU time of a page of history. `Operation.run` authenticates, parses
and calls the view, as it does under Flask, so a new route needs no change in this file. Only successful responses are
sent here. Flask answers every error, and everything else.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask import Flask

from chatapp.api.operation import FAILURE, Operation
from chatapp.logs.current_request import note_route
from chatapp.security_headers import hardening

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_VARIABLE = re.compile(r"<(\w+)>")


class FastPath:
    """A WSGI application (PEP 3333) that wraps Flask's."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._flask: Application = app.wsgi_app
        self._routes = list(_routes_of(app))
        self._headers = {
            scheme: [("Content-Type", "application/json"), *hardening(is_json=True, is_secure=scheme == "https")]
            for scheme in ("http", "https")
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Flask-CORS decides about requests with an Origin. A proxy may set a scheme other than http and https.
        headers = self._headers.get(environ["wsgi.url_scheme"])
        if headers is not None and environ["REQUEST_METHOD"] == "GET" and "HTTP_ORIGIN" not in environ:
            body = self._read(environ)
            if body is not None:
                start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
                return [body]
        return self._flask(environ, start_response)

    def _read(self, environ: dict[str, Any]) -> bytes | None:
        """The body of a 200; None if Flask has to answer. FAILURE in the environ then holds an exception, if any."""
        try:
            # PEP 3333 passes the bytes of the path as Latin-1.
            path = environ["PATH_INFO"].encode("latin-1").decode()
        except UnicodeDecodeError:
            return None
        for pattern, operation, route in self._routes:
            if found := pattern.fullmatch(path):
                note_route(route)
                try:
                    with self._app.app_context():
                        return orjson.dumps(operation.run(environ, found.groupdict()))
                except Exception as error:
                    environ[FAILURE] = error
                    return None
        return None


def _routes_of(app: Flask) -> Iterable[tuple[re.Pattern[str], Operation, str]]:
    for rule in app.url_map.iter_rules():
        operation: Operation | None = getattr(app.view_functions[rule.endpoint], "operation", None)
        if operation is not None and "GET" in (rule.methods or ()) and not operation.needs_flask:
            literals = _VARIABLE.split(rule.rule)
            parts = [f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(literals)]
            yield re.compile("".join(parts)), operation, rule.rule
