"""`python -m tests.faults.altered_server serve`: the command `chatapp`, whose process dies at a certain point, or whose
clock is wrong.

FAULT_DIES_AT is one of POINTS, and FAULT_DIES_AFTER how many commits with messages come before. FAULT_CLOCK is a file
with the seconds by which the clock is ahead.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

BEFORE_COMMIT = "before commit"
AFTER_COMMIT = "after commit, before ack"
AFTER_ACK = "after ack, before fan-out"
POINTS = (BEFORE_COMMIT, AFTER_COMMIT, AFTER_ACK)

FLUSH_SECONDS = 0.05
"""Time for an ack to leave the process."""
LONGEST_LIFE_SECONDS = 1.0
"""How long the process waits for an ack before it dies without."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Death:
    """Kills this process around one of its commits."""

    def __init__(self, point: str, after: int) -> None:
        self._point = point
        self._left = after
        self._has_messages = False
        self._is_due = False

    def install(self) -> None:
        """Wraps the functions that a message passes through."""
        from chatapp.database import WriterConnection
        from chatapp.journal import writer
        from chatapp.realtime.engine.socketio_server import ChatServer

        store, commit = writer.store_drafts, WriterConnection.commit
        hand_out, answer = writer.Journal._hand_out, ChatServer._answer_late

        def store_drafts(*given: Any) -> Any:
            self._has_messages = True
            return store(*given)

        def commit_and_die(connection: WriterConnection) -> None:
            has_messages, self._has_messages = self._has_messages, False
            self._left -= has_messages
            self._is_due |= has_messages and self._left < 0
            if self._is_due and self._point == BEFORE_COMMIT:
                die()
            commit(connection)
            if self._is_due and self._point == AFTER_COMMIT:
                die()

        def hand_out_to_callers(journal: Any, *given: Any) -> None:
            if self._is_due:
                journal._listeners = []
                self._die_in(LONGEST_LIFE_SECONDS)
            hand_out(journal, *given)

        def answer_and_die(*given: Any) -> None:
            answer(*given)
            if self._is_due:
                self._die_in(FLUSH_SECONDS)

        writer.store_drafts = store_drafts
        WriterConnection.commit = commit_and_die  # type: ignore[method-assign]
        writer.Journal._hand_out = hand_out_to_callers  # type: ignore[method-assign]
        ChatServer._answer_late = answer_and_die  # type: ignore[method-assign]

    @staticmethod
    def _die_in(seconds: float) -> None:
        import eventlet

        eventlet.spawn_after(seconds, die)


def shift_clock(offset: Path) -> None:
    """Lets all that reads the time of day read one that is ahead by the seconds in the file."""
    import datetime
    import time

    import flask_jwt_extended.config
    import flask_jwt_extended.tokens
    import flask_jwt_extended.view_decorators
    import jwt.api_jwt

    from chatapp import clock

    real_time = time.time

    def ahead() -> float:
        return float(offset.read_text())

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + datetime.timedelta(seconds=ahead())

    for module in (
        clock,
        jwt.api_jwt,
        flask_jwt_extended.config,
        flask_jwt_extended.tokens,
        flask_jwt_extended.view_decorators,
    ):
        module.datetime = Shifted  # type: ignore[attr-defined]
    time.time = lambda: real_time() + ahead()


if __name__ == "__main__":
    if "FAULT_CLOCK" in os.environ:
        shift_clock(Path(os.environ["FAULT_CLOCK"]))
    if "FAULT_DIES_AT" in os.environ:
        Death(os.environ["FAULT_DIES_AT"], int(os.environ["FAULT_DIES_AFTER"])).install()
    from chatapp.cli import main

    sys.argv[0] = "chatapp"
    main(prog_name="chatapp")
