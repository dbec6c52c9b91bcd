"""The disk is full, can only be read, fails to sync, and is slow, under load."""

from pathlib import Path

from sqlalchemy.engine import make_url

from tests.faults.disks import FAILING_SYNCS, FULL, READ_ONLY, SLOW_SYNCS, FaultyDisk
from tests.faults.scene import Fault, Scene

LONG_FAULT_SECONDS = 5.0
SHORT_FAULT_SECONDS = 1.0
PEACE_ACKS = 40
KINDS = (FULL, READ_ONLY, FAILING_SYNCS, SLOW_SYNCS)


def spoil_the_disk(scene: Scene, rounds: int) -> None:
    """Spoils the disk of the database and of the instance folder, in one way a round, in turn."""
    path = make_url(scene.url).database
    assert path is not None
    disk = FaultyDisk(Path(path).parent, scene.folder.with_name(f"{scene.folder.name}-faults"))
    server = scene.serve(**disk.settings)
    crowd = scene.gather([server])
    crowd.wait_until_back()
    for number in range(rounds):
        crowd.wait_for_acks(PEACE_ACKS)
        kind = KINDS[number % len(KINDS)]
        with disk.has(kind):
            if kind == SLOW_SYNCS:
                scene.took(f"{PEACE_ACKS} acks with slow syncs", crowd.wait_for_acks(PEACE_ACKS))
            else:
                scene.wait_until_told(LONG_FAULT_SECONDS if scene.is_long else SHORT_FAULT_SECONDS)
        scene.took("all served", crowd.wait_until_back())
        scene.say(f"{number + 1} faults of the disk")


FAULTS = [
    Fault(
        "Disk",
        "no room for 5 s (ENOSPC), only to be read for 5 s (EROFS), failing syncs for 5 s (EIO), syncs of 100 ms, in"
        " turn, under load; a preloaded library answers the server's calls so",
        "sqlite",
        spoil_the_disk,
        4,
        40,
    ),
]
