"""A process that runs jobs on the event loop until it is stopped: `python -m tests.jobs.worker FILE LIMIT LEASE`, with
the time limit and the lease of each job in seconds.

Each job writes lines to FILE: its number, the process, and what happens.
"""

import sys

from chatapp.eventloop.patching import patch

patch()

import os  # noqa: E402
import signal  # noqa: E402
import time  # noqa: E402
from collections.abc import Mapping  # noqa: E402
from datetime import timedelta  # noqa: E402
from typing import Any  # noqa: E402

from chatapp import close_app, create_app  # noqa: E402
from chatapp.jobs import kind as kinds  # noqa: E402
from chatapp.jobs.kind import Backoff, Kind, Services  # noqa: E402
from chatapp.jobs.runner import Runner  # noqa: E402


def main(path: str, limit_seconds: float, lease_seconds: float) -> None:
    kinds.LEASE_EXTRA_SECONDS = lease_seconds - limit_seconds
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(payload: Mapping[str, Any], what: str) -> None:
        os.write(file, f"{payload.get('number', 0)} {os.getpid()} {what}\n".encode())

    def count(_services: Services, payload: Mapping[str, Any]) -> None:
        time.sleep(0.02)
        say(payload, "done")

    def hang(services: Services, payload: Mapping[str, Any]) -> None:
        say(payload, f"attempt {services.job.attempt}")
        if services.job.attempt == 1:
            time.sleep(60)

    limits: dict[str, Any] = {"time_limit_seconds": limit_seconds, "backoff": Backoff(0.1, 0.1)}
    app = create_app()
    runner = Runner(
        app.app_context,
        app.extensions["chatapp.journal"],
        app.extensions["chatapp.settings"],
        [
            Kind("count", count, at_once=4, **limits),
            Kind("hang", hang, **limits),
            Kind("sweep", lambda _services, payload: say(payload, "sweep"), every=timedelta(seconds=2), **limits),
        ],
    )
    app.extensions["chatapp.journal"].listen(runner.committed)
    runner.start()
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    say({}, "ready")
    while not stopped:
        time.sleep(0.05)
    runner.stop()
    close_app(app)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
