"""Six users who write to each other, and an outsider who listens."""

import random
import time
from collections.abc import Callable, Sequence

from tests.faults import history
from tests.faults.device import Device, Route
from tests.faults.history import History
from tests.faults.worker import Worker
from tests.people import wait_until

TALKERS = ("alice", "bob", "carol", "user0", "user1", "user2")
OUTSIDER = "user19"
SETTLE_SECONDS = 180.0
"""Longest wait, after the last fault, until all is sent and has arrived."""


class Crowd:
    """Private messages between all pairs, a group of all six and a group of three. `routes` are the addresses by which
    devices connect, `devices` how many each user has, and `copies` the most times that a message is sent."""

    def __init__(self, routes: Sequence[Route], seed: int, *, devices: int = 1, copies: int = 1) -> None:
        self.chance = random.Random(seed)
        self.records = History()
        found = {
            name: [Device(routes, name, number, self.records, self.chance.getrandbits(32)) for number in range(devices)]
            for name in (*TALKERS, OUTSIDER)
        }
        everybody = found["alice"][0].make_group("everybody", *TALKERS)
        three = found["alice"][0].make_group("three", *TALKERS[:3])
        self.workers = []
        for name in TALKERS:
            groups = [(everybody, True), (three, True)] if name in TALKERS[:3] else [(everybody, True)]
            others = [(other, False) for other in TALKERS if other != name]
            self.workers.append(Worker(found[name], groups * 2 + others, copies))
        self.workers.append(Worker(found[OUTSIDER], [], peeks=[everybody, three]))

    @property
    def devices(self) -> list[Device]:
        return [device for worker in self.workers for device in worker.devices]

    def start(self) -> None:
        for worker in self.workers:
            worker.start()

    def acks(self) -> int:
        """How many acks have come."""
        return self.records.counts()[history.ACK]

    def wait_for_acks(self, more: int, seconds: float = SETTLE_SECONDS) -> float:
        """Waits until so many further acks have come. Returns how long that took, in seconds."""
        began = time.monotonic()
        wanted = self.acks() + more
        wait_until(lambda: self.acks() >= wanted, f"{wanted} acks", seconds)
        return time.monotonic() - began

    def wait_until_back(self, seconds: float = SETTLE_SECONDS) -> float:
        """Waits until every device is connected and every talker has had an ack. Returns how long that took."""
        began = time.monotonic()
        behind = set(TALKERS)

        def is_back() -> bool:
            entries = self.records.entries[seen:]
            behind.difference_update(entry.who for entry in entries if entry.kind == history.ACK)
            return not behind and all(device.is_connected for device in self.devices)

        seen = len(self.records.entries)
        wait_until(is_back, "everybody is back", seconds)
        return time.monotonic() - began

    def repeat(self, count: int) -> None:
        """Lets each user send so many earlier messages once more."""
        for worker in self.workers:
            worker.repeat(count)

    def settle(self) -> None:
        """Ends the writing, waits until all is acked and every device has everything, and disconnects.

        What has not come within SETTLE_SECONDS is for the checker to find.
        """
        for worker in self.workers:
            worker.is_talking = False
        deadline = time.monotonic() + SETTLE_SECONDS
        _wait(lambda: all(worker.is_idle() for worker in self.workers), deadline)
        _wait(self._has_everybody_everything, deadline)
        for worker in self.workers:
            worker.stop()
        for device in self.devices:
            for receiver, group in device.known.places():
                device.load(receiver, group=group, after=max(0, device.known.last(receiver, group) - 400))
            device.leave()

    def close(self) -> None:
        """Ends all threads and connections, also after a failure."""
        for worker in self.workers:
            worker.stop()
        for device in self.devices:
            device.leave()
            device.http.close()

    def _has_everybody_everything(self) -> bool:
        newest: dict[tuple[str, ...], int] = {}
        for worker in self.workers:
            for one in worker.said:
                key = self._key(worker, one.payload["receiver"], one.payload["group"])
                newest[key] = max(newest.get(key, 0), one.sequence)
        return all(
            device.known.last(receiver, group) >= newest.get(self._key(worker, receiver, group), 0)
            for worker in self.workers
            for receiver, group in set(worker.places)
            for device in worker.devices
        )

    @staticmethod
    def _key(worker: Worker, receiver: str, is_group: bool) -> tuple[str, ...]:
        return (receiver,) if is_group else tuple(sorted((worker.username, receiver)))


def _wait(is_true: Callable[[], bool], deadline: float) -> None:
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.02)
