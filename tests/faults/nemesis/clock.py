"""The server's clock is stepped back by an hour and forward again, and clients are a day off."""

from tests.faults.altered import AlteredServer
from tests.faults.scene import Fault, Scene

HOUR_SECONDS = 3_600
PEACE_ACKS = 60


def step_the_clock(scene: Scene, rounds: int) -> None:
    """Steps the clock by an hour back and forth under load, with a restart in every other round."""
    offset = scene.folder / "clock"
    scene.folder.mkdir(parents=True, exist_ok=True)
    offset.write_text("0")
    server = scene.serve(AlteredServer, FAULT_CLOCK=offset)
    crowd = scene.gather([server])
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(PEACE_ACKS)
        offset.write_text(str(0 if number % 2 else -HOUR_SECONDS))
        if number % 4 == 2:
            server.stop()
            server.start()
        scene.took("all served", crowd.wait_until_back())
        scene.say(f"{number + 1} steps of the clock")


FAULTS = [
    Fault("Clock", "the server's clock stepped back an hour and forth, under load", "sqlite", step_the_clock, 2, 40),
]
