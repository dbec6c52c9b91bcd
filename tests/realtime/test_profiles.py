"""`profile`: everybody hears of a changed profile, and nobody waits while a picture is read."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.people import Cast, Person
from tests.pictures import RED, bomb, encoded, plain
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private


def _change(person: Person, **values: Any) -> Any:
    headers = {"auth-token": person.token}
    return person.http.patch(person.server.http + "/profile", json=values, headers=headers).json()


def _upload(person: Person, data: bytes) -> Any:
    headers = {"auth-token": person.token, "Content-Type": "image/png"}
    return person.http.put(person.server.http + "/profile/picture", data=data, headers=headers, timeout=60)


def _heard(wire: Wire, person: Person) -> list[dict[str, Any]]:
    wire.read_all()
    return [one for one in wire.all_of("profile") if one["username"] == person.username]


def test_everybody_hears_of_a_change_and_the_person_too(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    own, other = wires(alice), wires(bob)
    changed = _change(alice, firstName="Alicia", statusText="busy", timeZone="Asia/Tokyo")["profile"]
    assert (changed["firstName"], changed["profileRevision"]) == ("Alicia", 1)
    for wire in (own, other):
        assert wire.event("profile", lambda one: one["username"] == alice.username).data == changed


def test_nobody_hears_of_a_change_that_is_none(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(bob)
    _change(alice, statusText="")
    _change(bob, statusText="now")
    wire.event("profile", lambda one: one["username"] == bob.username)
    assert _heard(wire, alice) == []


def test_many_changes_come_as_few_events_and_the_last_is_the_last_state(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(bob)
    for number in range(40):
        last = _change(alice, statusText=f"status {number}")["profile"]
    wire.event("profile", lambda one: one == last)
    revisions = [one["profileRevision"] for one in _heard(wire, alice)]
    assert revisions == sorted(set(revisions))
    assert len(revisions) < 40


def test_a_catch_up_sends_what_was_missed_once(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sockets=True)
    token = app.test_client().post("/login", json={"username": "alice"}).headers["auth-token"]
    socket = app.extensions["socketio"].test_client(app, namespace="/chat", query_string=f"?token={token}")
    profiles = app.extensions["chatapp.dispatcher"].personal.profiles
    monkeypatch.setattr(profiles, "changed", lambda _user_id: None)
    app.test_client().patch("/profile", json={"statusText": "busy"}, headers={"auth-token": token})
    for _ in range(2):
        app.extensions["chatapp.dispatcher"].catch_up()
    events = [one["args"][0] for one in socket.get_received("/chat") if one["name"] == "profile"]
    assert [(one["username"], one["statusText"]) for one in events] == [("alice", "busy")]


def test_a_picture_above_the_general_limit_passes_the_listener_and_no_other_body(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(bob)
    data = encoded(plain(RED), "PNG")
    answer = _upload(alice, data + bytes(5_000_000 - len(data)))
    assert answer.status_code == 200, answer.text
    heard = wire.event("profile", lambda one: one["username"] == alice.username).data
    assert heard["picture"] == answer.json()["profile"]["picture"]
    picture = bob.get(f"/picture/{heard['picture']}")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/webp")
    assert _upload(alice, bytes(5_000_001)).status_code == 413
    assert (
        alice.post("/messages", {"receiver": bob.username, "content": "x", "more": "x" * 1_100_000}).status_code == 413
    )


@pytest.mark.slow
def test_acks_come_while_a_picture_is_read(cast: Cast, wires: Wires) -> None:
    """40 megapixels keep the worker busy for most of a second, and a bomb is refused meanwhile."""
    alice, bob = cast(2)
    wire = wires(bob)
    heavy = encoded(plain(0, (8000, 5000), "L"), "PNG")
    waits = []
    began_at = time.monotonic()
    with ThreadPoolExecutor() as pool:
        uploads = [pool.submit(_upload, alice, heavy), pool.submit(_upload, alice, bomb(30_000))]
        while not all(one.done() for one in uploads):
            sent_at = time.monotonic()
            assert wire.call("privateMessage", private(bob.username, bob.username, "meanwhile"))["success"]
            waits.append(time.monotonic() - sent_at)
    assert [one.result().status_code for one in uploads] == [200, 422]
    assert len(waits) > 5, "acks came while the picture was read"
    took = time.monotonic() - began_at
    assert max(waits) < took / 4, f"an ack waited for a picture: {waits} of {took} s"
