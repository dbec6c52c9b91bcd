"""People who write messages, some with files, and note when each was acked."""

import hashlib
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.people import Person, wait_until
from tests.servers import Server
from tests.uploads import upload

IN_FLIGHT = 4
"""Messages of a person that may wait for their ack."""

FILE_BYTES = 30_000
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Acked:
    """A message whose ack arrived at this moment, in seconds since 1970. `file_hash` is None for one without a file."""

    at: float
    client_id: str
    file_hash: str | None


class Client:
    """A person's HTTP requests, as `tests.uploads` makes them."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def post(self, path: str, **options: Any) -> Any:
        return self._send("POST", path, options)

    def patch(self, path: str, **options: Any) -> Any:
        return self._send("PATCH", path, options)

    def _send(self, method: str, path: str, options: dict[str, Any]) -> Any:
        headers = {**options.pop("headers", {}), "X-XSRF-TOKEN": self._person.http.cookies.get("XSRF-TOKEN", "")}
        return self._person.http.request(method, self._person.server.http + path, headers=headers, **options)


class Traffic:
    """alice, bob and carol write to each other and to a group. `seed` decides what."""

    def __init__(self, server: Server, seed: int) -> None:
        self.acked: list[Acked] = []
        self._chance = random.Random(seed)
        self._people = [Person(server, name).connect() for name in ("alice", "bob", "carol")]
        self._group = self._people[0].make_group("three", "bob", "carol")

    def write(self, count: int, *, a_second: float, files: int) -> None:
        """Each person sends so many messages, at most so many a second, of which so many have a file."""
        threads = [
            threading.Thread(target=self._write, args=(person, count, a_second, files), daemon=True)
            for person in self._people
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected = count * len(self._people)
        wait_until(lambda: len(self.acked) == expected, "all messages are acked", ANSWER_SECONDS)

    def close(self) -> None:
        for person in self._people:
            person.disconnect()
            person.http.close()

    def _write(self, person: Person, count: int, a_second: float, files: int) -> None:
        free = threading.Semaphore(IN_FLIGHT)
        with_file = set(range(0, count, max(1, count // files))) if files else set()
        for number in range(count):
            free.acquire(timeout=ANSWER_SECONDS)
            file = self._upload(person) if number in with_file else None
            self._send(person, f"{person.username} {number}", file, free.release)
            time.sleep(1 / a_second)

    def _upload(self, person: Person) -> tuple[str, str]:
        """The id of an upload, and the hash of its bytes."""
        data = self._chance.randbytes(FILE_BYTES)
        return upload(Client(person), data, "a.bin"), hashlib.sha256(data).hexdigest()

    def _send(self, person: Person, content: str, file: tuple[str, str] | None, then: Callable[[], None]) -> None:
        is_group = self._chance.random() < 0.5
        receiver = self._group if is_group else next(one.username for one in self._people if one is not person)
        client_id = str(uuid.uuid4())
        payload = {"sender": person.username, "receiver": receiver, "content": content, "clientId": client_id}
        if file is not None:
            payload["files"] = [{"uploadId": file[0]}]

        def answered(ack: dict[str, Any]) -> None:
            if ack["success"]:
                self.acked.append(Acked(time.time(), client_id, file and file[1]))
            then()

        person.emit("groupMessage" if is_group else "privateMessage", payload, callback=answered)
