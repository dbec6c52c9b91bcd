"""The server's clock is stepped back by an hour and forward again, also while it is down."""

from pathlib import Path

from tests.faults.altered import AlteredServer
from tests.faults.scene import Fault, Scene

HOUR_SECONDS = 3_600
PEACE_ACKS = 60


def step_the_clock(scene: Scene, rounds: int) -> None:
    """Steps the clock by an hour back and forth under load, with a restart in every other round."""
    offset = scene.folder / "clock"
    scene.folder.mkdir(parents=True, exist_ok=True)
    _set(offset, 0)
    server = scene.serve(AlteredServer, FAULT_CLOCK=offset)
    crowd = scene.gather([server])
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(PEACE_ACKS)
        _set(offset, 0 if number % 2 else -HOUR_SECONDS)
        if number % 4 >= 2:
            server.stop()
            server.start()
        scene.took("all served", crowd.wait_until_back())
        scene.say(f"{number + 1} steps of the clock")


def _set(offset: Path, seconds: int) -> None:
    """The server never sees half of a file."""
    written = offset.with_suffix(".new")
    written.write_text(str(seconds))
    written.replace(offset)


FAULTS = [
    Fault(
        "Clock",
        "the server's clock stepped an hour back and an hour forth in turn, under load, in every other pair of steps"
        " with a restart",
        "sqlite",
        step_the_clock,
        3,
        40,
    ),
]
