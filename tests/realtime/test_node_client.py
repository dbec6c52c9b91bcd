"""The rules that the existing browser client depends on, tested with npm's socket.io-client."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.people import Cast, Person, wait_until
from tests.realtime.node import NodeClient, install
from tests.realtime.wire import private

Tabs = Callable[..., NodeClient]


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    install()


@pytest.fixture
def tabs() -> Iterator[Tabs]:
    """`tabs(alice)` is a connected browser tab of alice's. Keyword arguments are options of socket.io-client."""
    opened: list[NodeClient] = []

    def open_tab(person: Person, **options: Any) -> NodeClient:
        opened.append(NodeClient(person, **options))
        opened[-1].wait_for("state", "connected")
        return opened[-1]

    yield open_tab
    for tab in opened:
        tab.close()


def test_the_existing_client_connects_by_polling_and_upgrades(cast: Cast, tabs: Tabs) -> None:
    (alice,) = cast(1)
    tab = tabs(alice)
    assert tab.wait_for("state", "opened")["payload"] == "polling"
    assert tab.wait_for("state", "upgraded")["payload"] == "websocket"
    assert (
        tab.call("privateMessage", private(alice.username, alice.username, "me"))["response"]["deliveredToAll"] is True
    )


def test_two_browsers_exchange_messages_and_delivery_updates(cast: Cast, tabs: Tabs) -> None:
    alice, bob, carol = cast(3)
    to_alice, to_bob = tabs(alice), tabs(bob)
    to_alice.event("onlineStatus", username=bob.username, online=True)
    ack = to_alice.call("privateMessage", private(alice.username, bob.username, "hello"))
    assert ack["response"]["deliveredToAll"] is True
    assert to_bob.message("hello")["messageId"] == ack["response"]["messageId"]
    shown = to_alice.wait_for("event", "response")
    acked = to_alice.wait_for("ack", "1")
    assert to_alice.place(shown) < to_alice.place(acked), "The ack only updates what is shown already"

    away = to_alice.call("privateMessage", private(alice.username, carol.username, "when you are back"))
    assert away["response"]["deliveredToAll"] is False
    tabs(carol)
    told = to_alice.event("updateDeliveryStatusOnConnection")
    assert told == {"response": {**away["response"], "deliveredToAll": True}}
    to_bob.tell(do="end")
    to_alice.event("onlineStatus", username=bob.username, online=False)
    assert to_alice.count("updateDeliveryStatusOnConnection") == 1


def test_browsers_exchange_messages_in_a_group_created_like_the_existing_client(cast: Cast, tabs: Tabs) -> None:
    alice, bob = cast(2)
    to_alice, to_bob = tabs(alice), tabs(bob)
    users = [{"username": bob.username, "firstName": "B", "lastName": "B", "isOnline": True}]
    group = alice.post("/group", {"groupName": "Book club", "users": users}).json()["newGroup"]
    assert to_alice.call("createGroup", group)["success"] is True
    for tab in (to_alice, to_bob):
        tab.event("newgrp")
    ack = to_bob.call("groupMessage", private(bob.username, group["groupId"], "which book?"))
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, True)
    assert to_alice.message("which book?")["receiver"] == group["groupId"]
    assert (to_alice.count("newgrp"), to_bob.count("newgrp")) == (1, 1)


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_browser_that_pipelines_messages_loses_none_on_either_transport(
    cast: Cast, tabs: Tabs, transport: str
) -> None:
    alice, bob = cast(2)
    to_alice, to_bob = tabs(alice, transports=[transport]), tabs(bob, transports=[transport])
    contents = [str(number) for number in range(200)]
    numbers = [to_alice.emit("privateMessage", private(alice.username, bob.username, one)) for one in contents]
    acks = [to_alice.ack(number)["response"] for number in numbers]
    assert [one["sequence"] for one in acks] == list(range(1, 201))
    assert all(one["deliveredToAll"] for one in acks)
    for tab in (to_alice, to_bob):
        shown = [one["payload"]["response"]["content"] for one in tab.reports if one["name"] == "response"]
        assert shown == contents


def test_a_browser_that_reconnects_retries_without_a_duplicate(cast: Cast, tabs: Tabs) -> None:
    alice, bob = cast(2)
    to_alice, to_bob = tabs(alice), tabs(bob)
    payload = private(alice.username, bob.username, "in the tunnel", clientId=str(uuid.uuid4()))
    first = to_alice.call("privateMessage", payload)
    to_alice.tell(do="drop")
    to_alice.wait_for("state", "disconnected")
    wait_until(lambda: to_alice.count("connected") == 2, "the client to come back by itself")
    assert to_alice.call("privateMessage", payload) == first
    assert to_alice.call("markRead", {"receiver": bob.username, "sequence": 1}) == {"success": True}
    assert to_bob.count("response") == 1
    assert len(alice.history(bob.username)) == 1


@pytest.mark.parametrize("options", [{"query": {"token": "x"}}, {"query": {}}, {"query": {}, "auth": {"token": "x"}}])
def test_a_browser_without_a_valid_token_receives_the_reason(cast: Cast, options: dict[str, Any]) -> None:
    (alice,) = cast(1)
    tab = NodeClient(alice, **options)
    try:
        refused = tab.wait_for("state", "connect_error")["payload"]
        assert refused["message"]
        assert refused["data"]["code"] == "not_signed_in"
        assert tab.count("connected") == 0
    finally:
        tab.close()


def test_signing_out_sends_every_tab_to_the_sign_in_page_and_rejects_reconnections(cast: Cast, tabs: Tabs) -> None:
    (alice,) = cast(1)
    tab = tabs(alice, query={}, auth={"token": alice.token})
    assert alice.post("/logout", {}).status_code == 200
    assert set(tab.event("token-expired")) == {"response"}
    assert tab.wait_for("state", "disconnected")["payload"] == "io server disconnect"
    assert tab.count("connected") == 1


def test_the_browser_receives_the_reason_of_a_refusal(cast: Cast, tabs: Tabs) -> None:
    alice, bob = cast(2)
    tab = tabs(alice)
    refused = [
        (private(bob.username, alice.username, "forged"), "forged_sender"),
        (private(alice.username, bob.username, "x" * 65_537), "invalid_input"),
        (private(alice.username, bob.username, "\ud800"), "invalid_input"),
        (private(alice.username, "nobody-of-this-name", "hi"), "not_found"),
        ("no object", "malformed"),
        (None, "malformed"),
    ]
    for payload, code in refused:
        ack = tab.call("privateMessage", payload)
        assert (ack["success"], ack["error"]["code"]) == (False, code)
    assert tab.call("nothing like this", {})["error"]["code"] == "unknown_event"
    assert tab.count("response") == 0
