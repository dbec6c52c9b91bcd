"""Which tokens open a connection, and when a session ends it."""

import pytest

from tests.people import Cast, Person
from tests.realtime.conftest import Wires
from tests.realtime.wire import CONNECTED, DISCONNECTED, REFUSED, Frame, Wire, private


def _answer(wire: Wire) -> Frame:
    """Returns the answer of the server to the CONNECT, and closes the connection."""
    try:
        return wire.read(lambda frame: frame.kind in (CONNECTED, REFUSED))
    finally:
        wire.close()


def _headers(**values: str) -> dict[str, object]:
    return {"additional_headers": {name.replace("_", "-"): value for name, value in values.items()}}


def _is_signed_in(person: Person, wire: Wire) -> bool:
    ack = wire.call("privateMessage", private(person.username, person.username, "me"))
    wire.close()
    return bool(ack["success"])


@pytest.mark.parametrize("way", ["query", "auth", "cookie", "auth-token", "bearer"])
def test_the_token_is_accepted_from_query_auth_cookie_and_headers(cast: Cast, way: str) -> None:
    (alice,) = cast(1)
    token = alice.token
    ways: dict[str, tuple[str | None, dict[str, object]]] = {
        "query": (token, {}),
        "auth": (None, {"auth": {"token": token}}),
        "cookie": (None, _headers(Cookie=f"other=1; chatToken={token}")),
        "auth-token": (None, _headers(auth_token=token)),
        "bearer": (None, _headers(Authorization=f"Bearer {token}")),
    }
    query, options = ways[way]
    assert _is_signed_in(alice, Wire(alice.server, query, **options).joined())


def test_the_cookie_is_used_beside_the_basic_authentication_of_a_proxy(cast: Cast) -> None:
    (alice,) = cast(1)
    headers = _headers(Authorization="Basic dXNlcjpwYXNzd29yZA==", Cookie=f"chatToken={alice.token}")
    assert _is_signed_in(alice, Wire(alice.server, **headers).joined())


@pytest.mark.parametrize(
    "bad", ["", "x", "a.b.c", "{token}x", "{token", "é", "null", "undefined", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."]
)
def test_a_bad_token_is_a_connect_error_with_a_reason(cast: Cast, bad: str) -> None:
    (alice,) = cast(1)
    token = bad.replace("{token}", alice.token).replace("{token", alice.token[:-2])
    for answered in (
        _answer(Wire(alice.server, token)),
        _answer(Wire(alice.server, auth={"token": token})),
        _answer(Wire(alice.server, **_headers(auth_token=token.encode().decode("latin-1")))),
    ):
        assert answered.kind == REFUSED
        assert answered.data["message"]
        assert answered.data["data"]["code"] == "not_signed_in"
        assert alice.token not in str(answered.data)
    assert _answer(Wire(alice.server, alice.token)).kind == CONNECTED


@pytest.mark.parametrize("auth", [None, {}, [], "text", {"token": None}, {"token": 7}, {"token": ["x"]}, {"other": 1}])
def test_no_token_is_a_connect_error_with_a_reason(cast: Cast, auth: object) -> None:
    (alice,) = cast(1)
    answered = _answer(Wire(alice.server, auth=auth))
    assert (answered.kind, answered.data["data"]["code"]) == (REFUSED, "not_signed_in")


def test_a_rejected_connection_cannot_send_events(cast: Cast) -> None:
    (alice,) = cast(1)
    wire = Wire(alice.server, "x")
    wire.read(lambda frame: frame.kind == REFUSED)
    number = wire.emit("privateMessage", private(alice.username, alice.username, "let me"))
    with pytest.raises(AssertionError, match="Waited in vain"):
        wire.ack(number, seconds=0.3)
    wire.close()
    assert alice.history(alice.username) == []


def test_a_revoked_token_is_rejected(cast: Cast) -> None:
    (alice,) = cast(1)
    assert _answer(Wire(alice.server, alice.token)).kind == CONNECTED
    assert alice.post("/logout", {}).status_code == 200
    answered = _answer(Wire(alice.server, alice.token))
    assert (answered.kind, answered.data["data"]["code"]) == (REFUSED, "not_signed_in")


def test_signing_out_ends_the_connections_of_that_session_only(cast: Cast, wires: Wires) -> None:
    (alice,) = cast(1)
    elsewhere = Person(alice.server, alice.username)
    tabs, other_device = [wires(alice), wires(alice)], wires(elsewhere)
    assert alice.post("/logout", {}).status_code == 200
    for tab in tabs:
        expired = tab.event("token-expired")
        ended = tab.read(lambda frame: frame.kind == DISCONNECTED)
        assert tab.frames.index(expired) < tab.frames.index(ended)
        assert isinstance(expired.data["response"], str)
        number = tab.emit("privateMessage", private(alice.username, alice.username, "still here?"))
        with pytest.raises(AssertionError, match="Waited in vain"):
            tab.ack(number, seconds=0.2)
    assert other_device.call("privateMessage", private(alice.username, alice.username, "I am"))["success"] is True
    assert other_device.all_of("token-expired") == []
    elsewhere.http.close()


def test_a_refused_event_does_not_cause_token_expired(cast: Cast, wires: Wires) -> None:
    """`token-expired` sends the client to its sign-in page; a refused event must not do that."""
    alice, bob = cast(2)
    tab = wires(alice)
    assert tab.call("privateMessage", private(bob.username, bob.username, "forged"))["success"] is False
    tab.read_all()
    assert tab.all_of("token-expired") == []


def test_a_session_that_is_ended_from_another_device_loses_its_connections_within_a_second(
    cast: Cast, wires: Wires
) -> None:
    (alice,) = cast(1)
    elsewhere = Person(alice.server, alice.username)
    tab, other_device = wires(alice), wires(elsewhere)
    answer = elsewhere.http.delete(alice.server.http + "/sessions", headers={"auth-token": elsewhere.token})
    assert answer.json() == {"ended": 1}
    tab.read(lambda frame: frame.kind == DISCONNECTED, seconds=1)
    assert other_device.call("privateMessage", private(alice.username, alice.username, "still here"))["success"] is True
    elsewhere.http.close()


def test_a_new_password_ends_the_connections_of_every_session_within_a_second(cast: Cast, wires: Wires) -> None:
    (alice,) = cast(1)
    elsewhere = Person(alice.server, alice.username)
    tabs = [wires(alice), wires(elsewhere)]
    answer = alice.http.patch(
        alice.server.http + "/password", json={"password": "a long enough phrase"}, headers={"auth-token": alice.token}
    )
    assert answer.status_code == 200, answer.text
    for tab in tabs:
        tab.read(lambda frame: frame.kind == DISCONNECTED, seconds=1)
    alice.token = answer.headers["auth-token"]
    assert wires(alice).call("privateMessage", private(alice.username, alice.username, "back"))["success"] is True
    elsewhere.http.close()
