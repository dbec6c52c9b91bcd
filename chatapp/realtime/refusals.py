"""What the log says of connections: that they are accepted, and what they are refused, which is also counted."""

import logging
from typing import Any

from socketio import exceptions

from chatapp.errors import ChatError, failure_payload
from chatapp.logs.events import connection_name, event
from chatapp.metrics.counters import counters
from chatapp.realtime.connections import Connections
from chatapp.realtime.rooms import NAMESPACE

log = logging.getLogger(__name__)


def refused(error: ChatError, *, door: str = "socket", **fields: Any) -> dict[str, Any]:
    """Counts and logs a refusal, and returns its ack. `door` is one of `counters.DOORS`. `fields` say what was refused,
    and to whom; they must hold nothing that the client has made up."""
    counters.refusals[door, error.code] += 1
    if log.isEnabledFor(logging.INFO):
        log.info("A client is refused: %s", error.code, extra=event("refusal", code=error.code, door=door, **fields))
    return failure_payload(error)


def connect_error(error: ChatError) -> exceptions.ConnectionRefusedError:
    """Counts and logs the refusal of a connection to the namespace, and returns what refuses it. The protocol passes
    only `message` and `data` of it to the client."""
    return exceptions.ConnectionRefusedError(error.message, refused(error, name="connect")["error"])


def whose(server: Any, connections: Connections, sid: str) -> dict[str, Any]:
    """What the log calls a connection, and its user. `sid` is its id in the namespace."""
    engine_id = server.manager.eio_sid_from_sid(sid, NAMESPACE)
    found = connections.get(sid)
    user_id = found.caller.user_id if found is not None else None
    return {"connection": connection_name(engine_id) if engine_id is not None else None, "user": user_id}


def log_connection(server: Any, connections: Connections, sid: str) -> None:
    """Logs that a connection is accepted."""
    if log.isEnabledFor(logging.INFO):
        log.info("A client is connected.", extra=event("connected", **whose(server, connections, sid)))
