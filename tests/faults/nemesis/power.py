"""The power is lost under load: what was synced by then is put together, and compared with what was acked."""

import time

from tests.faults import history
from tests.faults.power.cuts import cut_power
from tests.faults.power.disk import Disk
from tests.faults.power.recording import RecordedServer
from tests.faults.power.traffic import Acked
from tests.faults.scene import Fault, Scene

LEAST_ACKS = 100
LONGEST_SENTENCES = 5


def lose_power(scene: Scene, rounds: int) -> None:
    """Records a server under load, and cuts its power so many times, at moments chosen by chance."""
    scene.url = f"sqlite:///{scene.folder / 'instance-0' / 'chatapp.db'}"
    # Without a key from outside, its file belongs to what has to survive.
    server = scene.serve(RecordedServer, CHATAPP_SECRET_KEY="")
    assert isinstance(server, RecordedServer)
    crowd = scene.gather([server])
    crowd.wait_until_back()
    crowd.wait_for_acks(max(LEAST_ACKS, 2 * rounds))
    acked = acked_in(scene)
    disk = Disk(server.instance).replay(server.calls(until=acked[-1].at))
    figures = cut_power(disk, acked, rounds, scene.folder / "cut", scene.seed)
    scene.failures += figures.faults[:LONGEST_SENTENCES]
    if figures.most_lost:
        scene.failures.append(f"{figures.most_lost} acked messages were lost")
    scene.say(f"{figures.cuts} cuts, {figures.acked} acked messages looked for")


def acked_in(scene: Scene) -> list[Acked]:
    """The messages that were acked so far."""
    since_1970 = time.time() - time.monotonic()
    entries = [entry for entry in list(scene.crowd.records.entries) if entry.kind == history.ACK]
    return [Acked(entry.at + since_1970, entry.data["clientId"], None) for entry in entries]


HOW = "power cut at random moments: the disk has what was synced, in every other cut also torn parts of the rest"
FAULTS = [Fault("Power lost", HOW, "sqlite", lose_power, 6, 200)]
