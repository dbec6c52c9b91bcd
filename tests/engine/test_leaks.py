"""A thousand connections opened and closed in every way, on each server, leave no objects behind."""

import threading
import time

import pytest

from tests.engine.counted_servers import Observed
from tests.engine.frame_builder import CLOSE, Sent, close_payload
from tests.engine.polling_tab import Tab
from tests.engine.raw_websocket import Raw
from tests.people import Cast, Person

AT_ONCE = 170
"""Connections for each of the six ways to close one: 1,020 for each server."""

PATIENCE_SECONDS = 30


def open_all(observed: Observed, person: Person) -> list[Raw]:
    raws = []
    for _ in range(AT_ONCE):
        # One after the other, because gunicorn closes a connection that sends no request within two seconds.
        raws.append(raw := observed.raw())
        raw.open(token=person.token)
        raw.send_text("40/chat,")
    for raw in raws:
        raw.text_that(lambda text: text.startswith("40/chat,"))
    return raws


def end_sessions(_observed: Observed, raws: list[Raw], person: Person) -> None:
    """The server signs the users out, and the clients close their connections."""
    answer = person.post("/logout", {})
    assert answer.status_code < 300, answer.text
    for raw in raws:
        raw.text_that(lambda text: text == "41/chat,")
        raw.drop()


def miss_heartbeats(_observed: Observed, raws: list[Raw], _person: Person) -> None:
    """The server closes the connections, and the clients read the close."""
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
    """The clients send an Engine.IO close packet, as a page does on unload."""
    for raw in raws:
        raw.send_text("1")
    for raw in raws:
        assert raw.close_frame()[0] == 1001


WAYS = [vanish, say_goodbye, end_by_engine, send_garbage, end_sessions, miss_heartbeats]


@pytest.mark.slow
def test_a_thousand_connections_closed_in_every_way_leak_nothing(observed: Observed, cast: Cast) -> None:
    """One test for all ways: closed connections stay in the timer wheel for a round, which the test waits for."""
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


@pytest.mark.slow
def test_connections_that_close_while_connecting_leak_nothing(observed: Observed, cast: Cast) -> None:
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


def test_polling_tabs_that_hang_up_leave_nothing_behind(observed: Observed, cast: Cast) -> None:
    (person,) = cast(1, on=observed.server)
    before, descriptors = _settled(observed)
    port = int(observed.server.environment["CHATAPP_WS_PORT"])
    tabs = [Tab(person, port) for _ in range(30)]
    assert observed.counts()["sessions"] > before["sessions"]
    for number, tab in enumerate(tabs):
        tab.go_away(resets=bool(number % 2))
    _wait_until_like(observed, before, descriptors)


def _wait_until_no_session(observed: Observed, way: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := observed.counts())["sessions"] or found["environs"] or found["Connection"]:
        assert time.monotonic() < deadline, (way, found)
        threading.Event().wait(0.1)


def _settled(observed: Observed) -> tuple[dict[str, int], int]:
    """Counts objects after those of earlier tests are gone and a first connection has filled all caches."""
    first = observed.raw()
    first.open()
    first.drop()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := observed.counts())["Transport"] or found["EngineSocket"] or found["Client"]:
        assert time.monotonic() < deadline, found
        threading.Event().wait(0.2)
    return found, observed.descriptors


def _wait_until_like(observed: Observed, before: dict[str, int], descriptors: int) -> None:
    """Waits for the counts to return. Heartbeats and closing take seconds, and a few greenlets vary by themselves."""
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


@pytest.mark.slow
def test_a_stop_closes_all_connections_and_ends_in_time(observed_once: Observed) -> None:
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
