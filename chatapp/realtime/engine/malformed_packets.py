"""Closes connections that send malformed packets, at once, as socket.io's own server does.

The library's transport leaves such a WebSocket half open: its user stays online, and senders wait for confirmations,
until a heartbeat is missed. It also logs a traceback for every malformed frame.
"""

import logging
from collections.abc import Callable
from typing import Any

from engineio.exceptions import EngineIOError, UnknownPacketError

log = logging.getLogger(__name__)


def guard(socket: Any, close: Callable[[], None]) -> None:
    """Calls `close` when one Engine.IO connection sends a malformed packet, on either transport."""
    websocket, post = socket._websocket_handler, socket.handle_post_request

    def read_websocket(connection: Any) -> Any:
        try:
            return websocket(connection)
        except Exception:
            log.info("A connection sent what cannot be read", exc_info=True)
            close()
            return []

    def read_post(environ: dict[str, Any]) -> None:
        try:
            post(environ)
        except EngineIOError:
            close()
            raise
        except Exception as error:
            log.info("A request sent what cannot be read", exc_info=True)
            close()
            raise UnknownPacketError from error

    socket._websocket_handler = read_websocket
    socket.handle_post_request = read_post
