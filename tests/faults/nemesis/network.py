"""The network between clients and server stalls, cuts, is away, and loses one direction."""

import time

from tests.faults.scene import Fault, Scene
from tests.faults.tcp_proxy import Door

LONG_OUTAGE_SECONDS = 2.0
SHORT_OUTAGE_SECONDS = 0.5
PEACE_ACKS = 40
KINDS = 5


def break_the_network(scene: Scene, rounds: int) -> None:
    """Does one kind of harm a round, in turn."""
    server = scene.serve()
    door = Door(server.http, server.ws)
    scene.closers.append(door.close)
    crowd = scene.gather([door])
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(PEACE_ACKS)
        _harm(door, number % KINDS, LONG_OUTAGE_SECONDS if scene.is_long else SHORT_OUTAGE_SECONDS)
        scene.took("all served", crowd.wait_until_back())
        scene.say(f"{number + 1} outages of the network")


def _harm(door: Door, kind: int, seconds: float) -> None:
    if kind == 0:
        door.stall()
        time.sleep(seconds)
        door.resume()
    elif kind == 1:
        door.refuse()
        time.sleep(seconds)
        door.resume()
    elif kind == 2:
        door.cut()
    else:
        door.lose(to_server=kind == 3)


FAULTS = [
    Fault(
        "Network",
        "a proxy stalls for 2 s, is away for 2 s, cuts all connections, loses what goes to the server, loses what comes"
        " from it, in turn, under load",
        "sqlite",
        break_the_network,
        3,
        50,
    ),
]
