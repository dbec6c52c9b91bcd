"""The Socket.IO server: events of one connection in their order, and acks that may come later than their event."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import flask_socketio
import socketio
from flask import Flask
from socketio import packet

from chatapp.errors import MalformedRequest, answer


class ChatServer(socketio.Server):
    """Differs from its parent in two ways.

    A handler that returns a Future is acked when it is done, so that a connection's later events need not wait for the
    ack of an earlier one. And a packet that is no event at all is refused instead of vanishing.
    """

    acks_in_place = False
    on_transport_opened: Callable[[str], None] | None = None

    def close_transport(self, eio_sid: str) -> None:
        """Closes a connection below Socket.IO, so that JavaScript clients come back by themselves. Does not wait for a
        polling client to fetch what is queued: it may never come."""
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None:
            socket.close(wait=False, reason=self.reason.SERVER_DISCONNECT)
            self.eio.sockets.pop(eio_sid, None)

    def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        if self.on_transport_opened is not None:
            self.on_transport_opened(eio_sid)
        super()._handle_eio_connect(eio_sid, environ)

    def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if not (isinstance(data, list) and data and isinstance(data[0], str)):
            refusal = answer(MalformedRequest("Expected an event: a JSON array that begins with its name."))
            self._acknowledge(eio_sid, namespace, id, refusal)
            return
        super()._handle_event(eio_sid, namespace, id, data)

    def _handle_event_internal(
        self, server: socketio.Server, sid: str, eio_sid: str, data: list[Any], namespace: str, id: int | None
    ) -> None:
        result = self._trigger_event(data[0], namespace, sid, *data[1:])
        if id is None:
            return
        if isinstance(result, Future) and not self.acks_in_place:
            result.add_done_callback(lambda done: self._acknowledge(eio_sid, namespace, id, done.result()))
        else:
            self._acknowledge(eio_sid, namespace, id, result.result() if isinstance(result, Future) else result)

    def _acknowledge(self, eio_sid: str, namespace: str | None, id: int | None, response: Any) -> None:
        if id is not None:
            self._send_packet(eio_sid, self.packet_class(packet.ACK, namespace=namespace, id=id, data=[response]))


class ChatSocketIO(flask_socketio.SocketIO):  # type: ignore[misc]
    """Flask-SocketIO, with our server in place of the one that it makes itself."""

    def init_app(self, app: Flask, **options: Any) -> None:
        unwrapped = app.wsgi_app
        super().init_app(app, **options)
        app.wsgi_app = unwrapped  # type: ignore[method-assign]
        self.server = ChatServer(**self.server_options)
        for handler in self.namespace_handlers:
            self.server.register_namespace(handler)
        # Outside of Flask: only the Socket.IO path ever gets here, everything else goes to the application.
        self.sockio_mw = flask_socketio._SocketIOMiddleware(self.server, app, socketio_path="socket.io")
        app.wsgi_app = self.sockio_mw  # type: ignore[method-assign]

    def test_client(self, *args: Any, **options: Any) -> flask_socketio.SocketIOTestClient:
        """Flask-SocketIO's test client looks for an ack the moment that its event was handled, and not later."""
        self.server.acks_in_place = True
        return super().test_client(*args, **options)
