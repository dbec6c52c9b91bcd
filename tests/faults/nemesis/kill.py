"""SIGKILL at random moments, and around a commit."""

import time

from tests.faults.altered import AlteredServer
from tests.faults.altered_server import POINTS
from tests.faults.scene import Fault, Scene

LONGEST_PEACE_ACKS = 60
LONGEST_PEACE_COMMITS = 40


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


def kill_around_a_commit(scene: Scene, rounds: int) -> None:
    """Lets the server die before a commit, after one and before its acks, and after an ack and before anybody but its
    sender is told, in turn."""
    server = scene.serve(AlteredServer, CHATAPP_DELIVERY_ACK_WINDOW=0.1)
    assert isinstance(server, AlteredServer)
    crowd = scene.gather([server])
    crowd.wait_until_back()
    server.kill()
    for number in range(rounds):
        server.die_at(POINTS[number % len(POINTS)], crowd.chance.randint(0, LONGEST_PEACE_COMMITS))
        server.start()
        server.wait_for_death()
        scene.say(f"{number + 1} kills around a commit")
    server.live_on()
    server.start()
    scene.took("all back after the last", crowd.wait_until_back())


RANDOM = "SIGKILL at random moments under load, then a start"
AROUND = "SIGKILL in turn just before a commit, after it and before its acks, and after an ack and before the fan-out"
FAULTS = [
    Fault("Process killed, SQLite", RANDOM, "sqlite", kill_at_random, 2, 100),
    Fault("Process killed, PostgreSQL", RANDOM, "postgresql", kill_at_random, 1, 100),
    Fault("Process killed around a commit, SQLite", AROUND, "sqlite", kill_around_a_commit, 3, 60),
    Fault("Process killed around a commit, PostgreSQL", AROUND, "postgresql", kill_around_a_commit, 3, 60),
]
