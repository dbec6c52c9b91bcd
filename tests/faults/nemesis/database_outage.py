"""PostgreSQL is suspended, stopped and started, and cuts its connections, under load."""

import time

from tests.faults import history
from tests.faults.scene import Fault, Scene
from tests.people import wait_until

LONG_OUTAGE_SECONDS = 20.0
SHORT_OUTAGE_SECONDS = 1.5
LONG_TIMEOUT_SECONDS = 5.0
SHORT_TIMEOUT_SECONDS = 1.0
"""CHATAPP_DATABASE_TIMEOUT."""
PEACE_ACKS = 40


def stop_the_database(scene: Scene, rounds: int) -> None:
    """Suspends the database, stops it, and cuts its connections, in turn."""
    assert scene.postgres is not None
    timeout = LONG_TIMEOUT_SECONDS if scene.is_long else SHORT_TIMEOUT_SECONDS
    server = scene.serve(CHATAPP_DATABASE_TIMEOUT=timeout)
    crowd = scene.gather([server])
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(PEACE_ACKS)
        if number % 3 == 2:
            scene.postgres.cut_connections()
        else:
            with scene.postgres.stopped() if number % 3 else scene.postgres.suspended():
                _wait_in_outage(scene)
        scene.took("all served", crowd.wait_until_back())
        scene.say(f"{number + 1} outages of the database")


def _wait_in_outage(scene: Scene) -> None:
    """Waits until a sender has been told, and then for the rest of the outage."""
    began = time.monotonic()
    refused = scene.crowd.records.counts()[history.REFUSED]
    wait_until(lambda: scene.crowd.records.counts()[history.REFUSED] > refused, "a sender is told", seconds=60)
    scene.took("senders told", time.monotonic() - began)
    rest = (LONG_OUTAGE_SECONDS if scene.is_long else SHORT_OUTAGE_SECONDS) - (time.monotonic() - began)
    time.sleep(max(0.0, rest))


FAULTS = [
    Fault(
        "Database away",
        "PostgreSQL suspended for 20 s, stopped for 20 s and started, its connections cut, in turn, under load",
        "postgresql",
        stop_the_database,
        3,
        21,
        needs_own_postgres=True,
    ),
]
