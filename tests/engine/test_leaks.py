"""A thousand connections opened and closed, in each way, under each server: what the process holds returns."""

import threading
import time

from tests.engine.counted_servers import Observed
from tests.engine.frame_builder import CLOSE, Sent, close_payload
from tests.engine.raw_websocket import Raw
from tests.people import Cast, Person

AT_ONCE = 170
"""For each of the six ways: 1,020 connections a server."""

PATIENCE_SECONDS = 20


def open_all(observed: Observed, person: Person) -> list[Raw]:
    raws = []
    for _ in range(AT_ONCE):
        # One after the other: gunicorn lets go of a connection that has asked for nothing in two seconds.
        raws.append(raw := observed.raw())
        raw.open(token=person.token)
        raw.send_text("40/chat,")
    for raw in raws:
        raw.text_that(lambda text: text.startswith("40/chat,"))
    return raws


def end_sessions(_observed: Observed, raws: list[Raw], person: Person) -> None:
    """The server signs them out; a client that is signed out closes its connection."""
    answer = person.post("/logout", {})
    assert answer.status_code < 300, answer.text
    for raw in raws:
        raw.text_that(lambda text: text == "41/chat,")
        raw.drop()


def miss_heartbeats(_observed: Observed, raws: list[Raw], _person: Person) -> None:
    """The server gives them up, and they read that it did."""
    for raw in raws:
        raw.socket.settimeout(PATIENCE_SECONDS)
        assert raw.close_frame()[0] == 1001


def send_garbage(_observed: Observed, raws: list[Raw], _person: Person) -> None:
    for raw in raws:
        raw.send(Sent(3).to_bytes())
    for raw in raws:
        assert raw.close_frame()[0] == 1002


def say_goodbye(_observed: Observed, raws: list[Raw], _person: Person) -> None:
    for raw in raws:
        raw.send(Sent(CLOSE, close_payload(1000)).to_bytes())
        assert raw.close_frame(answers=False)[0] == 1000


def vanish(_observed: Observed, raws: list[Raw], _person: Person) -> None:
    for raw in raws:
        raw.drop()


def end_by_engine(_observed: Observed, raws: list[Raw], _person: Person) -> None:
    """An Engine.IO close packet, as a page sends it that is left."""
    for raw in raws:
        raw.send_text("1")
    for raw in raws:
        assert raw.close_frame()[0] == 1001


WAYS = [vanish, say_goodbye, end_by_engine, send_garbage, end_sessions, miss_heartbeats]


def test_a_thousand_connections_that_ended_in_every_way_leave_nothing_behind(observed: Observed, cast: Cast) -> None:
    """In one test, because what is closed stays in the timer wheel for its last turn, and that has to be waited for."""
    people = cast(len(WAYS), on=observed.server)
    before, descriptors = _settled(observed)
    for end, person in zip(WAYS, people, strict=True):
        raws = open_all(observed, person)
        found = observed.counts()
        assert (found["sessions"], found["environs"]) == (AT_ONCE, AT_ONCE), end
        assert observed.descriptors >= AT_ONCE
        end(observed, raws, person)
        _wait_until_no_session(observed, end.__name__)
    _wait_until_like(observed, before, descriptors)


def test_connections_that_close_while_they_connect_leave_nothing_behind(observed: Observed, cast: Cast) -> None:
    (person,) = cast(1, on=observed.server)
    before, descriptors = _settled(observed)
    for number in range(200):
        raw = observed.raw()
        raw.open(token=person.token)
        raw.send_text("40/chat,")
        if number % 2:
            threading.Event().wait(0.0005 * (number % 10))
        raw.drop()
    _wait_until_like(observed, before, descriptors)


def _wait_until_no_session(observed: Observed, way: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := observed.counts())["sessions"] or found["environs"] or found["Connection"]:
        assert time.monotonic() < deadline, (way, found)
        threading.Event().wait(0.1)


def _settled(observed: Observed) -> tuple[dict[str, int], int]:
    """Counts once what earlier tests left has gone, and a first connection has made what stays."""
    first = observed.raw()
    first.open()
    first.drop()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := observed.counts())["Transport"] or found["EngineSocket"] or found["Client"]:
        assert time.monotonic() < deadline, found
        threading.Event().wait(0.2)
    return found, observed.descriptors


def _wait_until_like(observed: Observed, before: dict[str, int], descriptors: int) -> None:
    """Heartbeats and closing take some seconds; a few greenlets come and go by themselves."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        after = observed.counts()
        grown = {name: after[name] - before[name] for name in before if after[name] > before[name] + _slack(name)}
        if not grown and observed.descriptors <= descriptors + 6:
            return
        assert time.monotonic() < deadline, (grown, observed.descriptors, descriptors)
        threading.Event().wait(0.2)


def _slack(name: str) -> int:
    return 5 if name in ("greenlets", "threads") else 0


def test_a_stop_says_goodbye_to_everybody_and_ends_in_time(observed_once: Observed) -> None:
    person = Person(observed_once.server, "user0")
    raws = open_all(observed_once, person)
    started = time.monotonic()
    assert observed_once.server.stop() == 0, observed_once.server.log
    assert time.monotonic() - started < 12
    for raw in raws:
        frame = raw.frame()
        while frame is not None and int(frame.opcode) != CLOSE:
            frame = raw.frame()
    assert "Traceback" not in observed_once.server.log
