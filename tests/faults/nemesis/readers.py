"""Clients stop reading, disappear without a word, or answer nothing any more, while a crowd writes."""

import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.faults.ack_times import ack_seconds, p99
from tests.faults.device import Device
from tests.faults.light_client import LightClient
from tests.faults.light_crowd import LightCrowd, sign_in_all
from tests.faults.scene import Fault, Scene
from tests.faults.tcp_proxy import Door
from tests.faults.worker import Worker
from tests.people import PATIENCE_SECONDS, Person
from tests.servers import SERVE, Server

WRITER = "user20"
FIRST_READER = 21
"""Numbers of demo users who are neither in the crowd nor its outsider."""
LONG_COUNT = 30
SHORT_COUNT = 3
"""Readers of each kind."""
LONG_PEACE_SECONDS = 30.0
SHORT_PEACE_SECONDS = 1.0
GONE_SECONDS = 45.0
"""A reader is gone by then: the default of CHATAPP_PING_INTERVAL and that of CHATAPP_PING_TIMEOUT."""
SHORT_HEARTBEAT_SECONDS = 1.0
"""Both of them in the tests."""
GRACE_SECONDS = 2.0
"""The server looks for silent connections 50 times in an interval, and this process for who is online now and then."""
ACK_WINDOW_SECONDS = 0.5
CONTENT_LENGTH = 30_000
SMALL_BUFFER_BYTES = 4_096
"""What the system receives for a reader who has stopped, so that the rest has to wait in the server."""
MEGABYTE = 1_000_000
MOST_GROWTH_BYTES = 64 * MEGABYTE
PAUSE_SECONDS = 0.1
STOPPED, VANISHED, SILENT = KINDS = ("stop reading", "disappear", "answer nothing")


class Writer(Worker):
    """Writes long messages to the readers."""

    def _new_payload(self) -> dict[str, Any]:
        payload = super()._new_payload()
        return {**payload, "content": payload["content"].ljust(CONTENT_LENGTH, ".")}


@dataclass
class _Seen:
    """`before` and `meanwhile` are begins and ends in monotonic seconds, `growths_bytes` by how much the server's
    memory grew in each round, and `most_bytes` what it had at most."""

    before: list[tuple[float, float]] = field(default_factory=list)
    meanwhile: list[tuple[float, float]] = field(default_factory=list)
    growths_bytes: list[int] = field(default_factory=list)
    most_bytes: int = 0


def ignore_the_server(scene: Scene, rounds: int) -> None:
    """Lets readers of each kind come, and cease to behave."""
    heartbeat = dict.fromkeys(("CHATAPP_PING_INTERVAL", "CHATAPP_PING_TIMEOUT"), SHORT_HEARTBEAT_SECONDS)
    count = LONG_COUNT if scene.is_long else SHORT_COUNT
    server = scene.serve(
        command=[*SERVE, "--demo", str(FIRST_READER + rounds * len(KINDS) * count)],
        CHATAPP_DELIVERY_ACK_WINDOW=ACK_WINDOW_SECONDS,
        **({} if scene.is_long else heartbeat),
    )
    scene.gather([server]).wait_until_back()
    seen = _Seen()
    for number in range(rounds):
        first = FIRST_READER + number * len(KINDS) * count
        names = {kind: [f"user{first + at * count + one}" for one in range(count)] for at, kind in enumerate(KINDS)}
        _cease(scene, server, names, seen)
        scene.crowd.wait_until_back()
        scene.say(f"{number + 1} times {len(KINDS) * count} readers")
    scene.figures += _figures(scene, seen)
    if max(seen.growths_bytes) > MOST_GROWTH_BYTES:
        scene.failures.append(f"the server grew by {max(seen.growths_bytes) / MEGABYTE:.0f} MB")


def _cease(scene: Scene, server: Server, names: dict[str, list[str]], seen: _Seen) -> None:
    """Lets readers read for a while, then each kind cease in its way, and waits until they are gone."""
    with closing(LightCrowd()) as readers, closing(Door(server.http, server.ws)) as door:
        clients = _enter(readers, server, door, names)
        everybody = [name for of_kind in names.values() for name in of_kind]
        _write_to(scene, server, everybody)
        peace_at = time.monotonic()
        time.sleep(LONG_PEACE_SECONDS if scene.is_long else SHORT_PEACE_SECONDS)
        if not _online(server).issuperset(everybody):
            scene.failures.append("readers were gone that behaved")
        began = time.monotonic()
        readers.stop_reading(clients[STOPPED])
        door.stall()
        readers.abort(clients[VANISHED])
        readers.fall_silent(clients[SILENT])
        _watch(scene, server, names, seen)
        seen.before.append((peace_at, began))
        seen.meanwhile.append((began, time.monotonic()))


def _enter(
    readers: LightCrowd, server: Server, door: Door, names: dict[str, list[str]]
) -> dict[str, list[LightClient]]:
    found = {}
    for kind, usernames in names.items():
        address = door.ws if kind == VANISHED else server.ws
        buffer_bytes = SMALL_BUFFER_BYTES if kind == STOPPED else None
        tokens = sign_in_all(server.http, usernames)
        found[kind] = readers.enter(urlsplit(address).port or 0, tokens, receive_buffer_bytes=buffer_bytes)
    return found


def _write_to(scene: Scene, server: Server, usernames: list[str]) -> None:
    """Lets the writer write to a new group of these users. They confirm nothing, so nothing may count as delivered."""
    maker = Person(server, WRITER)
    group = maker.make_group("readers", *usernames)
    maker.http.close()
    writer = next((worker for worker in scene.crowd.workers if isinstance(worker, Writer)), None)
    if writer is None:
        device = Device([server], WRITER, 0, scene.crowd.records, scene.seed)
        writer = Writer([device], [(group, True)])
        scene.crowd.workers.append(writer)
        writer.start()
    writer.places = [(group, True)]


def _watch(scene: Scene, server: Server, names: dict[str, list[str]], seen: _Seen) -> None:
    """Waits until all readers are gone. Notes when the last of each kind was, and the server's memory meanwhile."""
    began = time.monotonic()
    bytes_before = most_bytes = server.resident_bytes
    left = dict(names)
    while left and time.monotonic() < began + GONE_SECONDS + PATIENCE_SECONDS:
        time.sleep(PAUSE_SECONDS)
        most_bytes = max(most_bytes, server.resident_bytes)
        online = _online(server)
        taken = time.monotonic() - began
        for kind in [kind for kind, usernames in left.items() if online.isdisjoint(usernames)]:
            del left[kind]
            scene.took(f"readers that {kind} gone", taken)
            if taken > GONE_SECONDS + GRACE_SECONDS:
                scene.failures.append(f"readers that {kind} were gone after {taken:.1f} s")
    scene.failures += [f"readers that {kind} stayed" for kind in left]
    seen.growths_bytes.append(most_bytes - bytes_before)
    seen.most_bytes = max(seen.most_bytes, most_bytes)


def _online(server: Server) -> set[str]:
    people = requests.get(server.http + "/users").json()["users"]
    return {person["username"] for person in people if person["isOnline"]}


def _figures(scene: Scene, seen: _Seen) -> list[str]:
    entries = [entry for entry in list(scene.crowd.records.entries) if entry.who != WRITER]
    before, meanwhile = (
        p99([one for span in spans for one in ack_seconds(entries, *span)]) for spans in (seen.before, seen.meanwhile)
    )
    growth, most = max(seen.growths_bytes) / MEGABYTE, seen.most_bytes / MEGABYTE
    return [
        f"the p99 of the others' acks is {before:.2f} s before, {meanwhile:.2f} s meanwhile",
        f"the server's memory grew by {growth:.1f} MB, to {most:.0f} MB at most",
    ]


FAULTS = [
    Fault(
        "Slow and dead readers",
        f"of {LONG_COUNT * len(KINDS)} clients, who are sent long messages, a third stop reading, a third disappear"
        " behind a proxy without a word, a third read and answer no heartbeat, under load",
        "sqlite",
        ignore_the_server,
        1,
        4,
    ),
]
