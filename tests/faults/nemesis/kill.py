"""SIGKILL at random moments."""

import time

from tests.faults.scene import Fault, Scene

LONGEST_PEACE_ACKS = 60


def kill_at_random(scene: Scene, rounds: int) -> None:
    """Kills the server at some moment between two acks, and starts it again."""
    server = scene.serve()
    crowd = scene.gather([server])
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(crowd.chance.randint(1, LONGEST_PEACE_ACKS))
        time.sleep(crowd.chance.uniform(0, 0.05))
        server.kill()
        server.start()
        scene.took("all back", crowd.wait_until_back())
        scene.say(f"{number + 1} kills")


HOW = "SIGKILL at random moments under load, then a start"
FAULTS = [
    Fault("Process killed, SQLite", HOW, "sqlite", kill_at_random, 2, 100),
    Fault("Process killed, PostgreSQL", HOW, "postgresql", kill_at_random, 2, 100),
]
