"""PostgreSQL is suspended, stopped and started, and cuts its connections, under load."""

from tests.faults.scene import Fault, Scene

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
                scene.wait_until_told(LONG_OUTAGE_SECONDS if scene.is_long else SHORT_OUTAGE_SECONDS)
        scene.took("all served", crowd.wait_until_back())
        scene.say(f"{number + 1} outages of the database")


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
