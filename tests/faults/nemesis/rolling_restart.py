"""SIGTERM again and again under load: one process that restarts, or two of which one restarts at a time."""

import time

from tests.faults.scene import Fault, Scene
from tests.servers import Server

EXIT_SECONDS = 10.0
"""A server has ended so long after a SIGTERM."""
LONG_PAUSE_SECONDS = 10.0
SHORT_PAUSE_SECONDS = 0.5


def restart_one(scene: Scene, rounds: int) -> None:
    """Restarts the only process."""
    server = scene.serve()
    scene.gather([server]).wait_until_back()
    for number in range(rounds):
        _restart(scene, server)
        scene.say(f"{number + 1} restarts")


def restart_in_turn(scene: Scene, rounds: int) -> None:
    """Restarts one of two processes at a time."""
    servers = [scene.serve(), scene.serve()]
    scene.gather(servers).wait_until_back()
    for number in range(rounds):
        _restart(scene, servers[number % 2])
        scene.say(f"{number + 1} restarts in turn")


def _restart(scene: Scene, server: Server) -> None:
    time.sleep(LONG_PAUSE_SECONDS if scene.is_long else SHORT_PAUSE_SECONDS)
    began = time.monotonic()
    if server.stop() != 0:
        scene.failures.append("a server ended with a failure")
    taken = time.monotonic() - began
    scene.took("exit", taken)
    if taken > EXIT_SECONDS:
        scene.failures.append(f"an exit took {taken:.1f} s")
    server.start()
    scene.took("all back", scene.crowd.wait_until_back())


FAULTS = [
    Fault("Restarts of one process", "SIGTERM every 10 s under load, then a start", "sqlite", restart_one, 0, 30),
    Fault(
        "Rolling restart of two processes",
        "SIGTERM every 10 s under load to one of two processes, then a start",
        "postgresql",
        restart_in_turn,
        2,
        30,
    ),
]
