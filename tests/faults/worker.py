"""A user who writes to others by one or more devices until every message is acked, whatever happens meanwhile."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.faults.device import ANSWER_SECONDS, Device
from tests.faults.known_conversations import Place

IN_FLIGHT = 4
"""Messages of a user that may wait for their first ack."""
PAUSE_SECONDS = 0.06
"""Mean pause of a device between two messages."""
RETRY_SECONDS = 0.3
"""Pause before a message that was refused is sent again."""
SHARE_BY_HTTP = 0.1
SHARE_OF_READS = 0.1
SHARE_OF_LOOKS = 0.05


@dataclass
class Sending:
    """A message, and from when on it may be sent again. It is done with the first ack."""

    payload: dict[str, Any]
    is_acked: bool = False
    retry_at: float = 0.0
    sequence: int = 0


@dataclass
class Worker:
    """`copies` is the most times that each message is sent from the beginning, by any device and through both doors.
    `peeks` are groups whose pages an outsider tries to read."""

    devices: list[Device]
    places: list[Place]
    copies: int = 1
    peeks: list[str] = field(default_factory=list)
    is_talking: bool = True
    said: list[Sending] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = self.devices[0].chance
        self._is_stopped = threading.Event()
        self._waiting: list[Sending] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    @property
    def username(self) -> str:
        return self.devices[0].username

    def start(self) -> None:
        self._is_stopped.clear()
        self._threads = [threading.Thread(target=self._run, args=(one,), daemon=True) for one in self.devices]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the threads. The connections stay."""
        self._is_stopped.set()
        for thread in self._threads:
            thread.join()

    def is_idle(self) -> bool:
        """Whether each message is acked, and each device connected."""
        with self._lock:
            is_done = all(one.is_acked for one in self._waiting)
        return is_done and all(device.is_connected for device in self.devices)

    def repeat(self, count: int) -> None:
        """Lets some messages be sent once more that were acked already."""
        with self._lock:
            for one in self.chance.sample(self.said, min(count, len(self.said))):
                one.is_acked = False
                one.retry_at = 0.0
                self._waiting.append(one)

    def _run(self, device: Device) -> None:
        line = device.line
        while not self._is_stopped.is_set():
            if not device.return_if_lost():
                self._is_stopped.wait(device.chance.uniform(0.05, 0.2))
                continue
            if device.line != line:
                line = device.line
                self._returned(device)
            self._act(device)
            self._is_stopped.wait(device.chance.uniform(0.5, 1.5) * PAUSE_SECONDS)

    def _returned(self, device: Device) -> None:
        """What was unanswered is sent again, and a page is looked at as a person does who opens a conversation."""
        with self._lock:
            for one in self._waiting:
                one.retry_at = 0.0
        places = self.places or [(group, True) for group in self.peeks]
        receiver, group = device.chance.choice(places)
        device.load(receiver, group=group)

    def _act(self, device: Device) -> None:
        if (one := self._next(device)) is not None:
            self._send(device, one)
        if device.chance.random() < SHARE_OF_READS and (places := device.known.places()):
            receiver, group = device.chance.choice(places)
            device.mark_read(receiver, device.known.last(receiver, group), group=group)
        if not self.places and device.chance.random() < SHARE_OF_LOOKS:
            # Whoever only listens notices in this way that nothing comes any more.
            device.ask("look", {"receiver": None, "group": False})

    def _next(self, device: Device) -> Sending | None:
        """A message to send again, or a new one."""
        now = time.monotonic()
        with self._lock:
            self._waiting = [one for one in self._waiting if not one.is_acked]
            due = next((one for one in self._waiting if one.retry_at <= now), None)
            if due is not None:
                if due.retry_at > 0:
                    self._take_for_hung(due)
                due.retry_at = now + ANSWER_SECONDS
            elif self.is_talking and self.places and len(self._waiting) < IN_FLIGHT:
                due = Sending(self._new_payload(), retry_at=now + ANSWER_SECONDS)
                self.said.append(due)
                self._waiting.append(due)
            return due

    def _take_for_hung(self, one: Sending) -> None:
        for device in self.devices:
            device.has_hung |= one.payload["clientId"] in device.unanswered

    def _new_payload(self) -> dict[str, Any]:
        receiver, group = self.chance.choice(self.places)
        content = f"{self.username} {len(self.said)} \N{SNOWMAN}"
        client_id = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        return {"receiver": receiver, "group": group, "content": content, "clientId": client_id}

    def _send(self, device: Device, one: Sending) -> None:
        for _ in range(self.chance.randint(1, self.copies)):
            if self.chance.random() < SHARE_BY_HTTP:
                answer = device.send_by_http(one.payload)
                if answer is not None:
                    self._heard(one, answer)
            else:
                self.chance.choice(self.devices).send_by_socket(one.payload, lambda answer: self._heard(one, answer))

    def _heard(self, one: Sending, answer: dict[str, Any]) -> None:
        with self._lock:
            if answer["success"]:
                one.is_acked = True
                one.sequence = answer["response"]["sequence"]
            elif not one.is_acked:
                one.retry_at = time.monotonic() + RETRY_SECONDS
