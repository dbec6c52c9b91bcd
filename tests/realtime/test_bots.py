"""Bots at the socket: what opens a connection, and what closes it."""

import time
from collections.abc import Iterator

import pytest
import requests

from tests.people import Cast, Person
from tests.realtime.conftest import Wires
from tests.realtime.wire import CONNECTED, DISCONNECTED, REFUSED, Wire, private
from tests.servers import Server

ADMINISTRATOR = "keeper"
BOT = "sorter"


@pytest.fixture(scope="module")
def keeper(server: Server) -> Iterator[Person]:
    """An administrator, who has made a bot."""
    added = server.run("users", "add", ADMINISTRATOR, "--no-password", "--admin")
    assert added.returncode == 0, added.stderr
    person = Person(server, ADMINISTRATOR)
    assert person.post("/admin/bots", {"username": BOT, "name": "Sorter"}).status_code == 200
    yield person
    person.http.close()


def token_of(keeper: Person) -> dict[str, str]:
    answer = keeper.post(f"/admin/bots/{BOT}/tokens", {"name": "sorting"})
    assert answer.status_code == 200, answer.text
    made: dict[str, str] = answer.json()
    return made


def test_a_bot_hears_and_answers_where_it_is(keeper: Person, cast: Cast) -> None:
    (alice,) = cast(1)
    token = token_of(keeper)["token"]
    for wire in (
        Wire(keeper.server, auth={"token": token}),
        Wire(keeper.server, additional_headers={"Authorization": f"Bearer {token}"}),
    ):
        bot = wire.joined()
        sent = alice.post("/messages", {"receiver": BOT, "content": "are you there?"})
        assert sent.status_code == 200, sent.text
        bot.confirm(bot.message("are you there?"), {"success": True, "receiver": BOT})
        ack = bot.call("privateMessage", private(BOT, alice.username, "yes"))
        assert ack["success"] is True, ack
        # A stranger does not exist for it, and it makes no groups.
        assert bot.call("privateMessage", private(BOT, "bob", "psst"))["error"]["code"] == "not_found"
        assert bot.call("typing", {"receiver": "bob"})["error"]["code"] == "not_found"
        made = bot.call("createGroup", {"groupName": "Mine", "users": [{"username": alice.username}]})
        assert made["error"]["code"] == "forbidden"
        bot.close()


def test_who_sees_a_bot_hears_of_its_new_name(keeper: Person) -> None:
    wire = Wire(keeper.server, keeper.token).joined()
    for name in ("Sorter of the harbour", "Sorter"):
        headers = {"auth-token": keeper.token}
        address = f"{keeper.server.http}/admin/bots/{BOT}"
        assert keeper.http.patch(address, json={"name": name}, headers=headers).status_code == 200
        heard = wire.event("profile", lambda one, name=name: one["username"] == BOT and one["firstName"] == name).data
        assert heard["isBot"] is True
    wire.close()


def test_a_bot_hears_nothing_of_people_whom_it_shares_no_conversation_with(
    keeper: Person, cast: Cast, wires: Wires
) -> None:
    friend, stranger = cast(2)
    bot = Wire(keeper.server, auth={"token": token_of(keeper)["token"]}).joined()
    assert friend.post("/messages", {"receiver": BOT, "content": "hello"}).status_code == 200
    member = wires(keeper)
    for person in (stranger, friend):
        path, headers = f"{keeper.server.http}/profile", {"auth-token": person.token}
        assert person.http.patch(path, json={"statusText": "away"}, headers=headers).status_code == 200
        member.event("profile", lambda one, name=person.username: one["username"] == name)
    bot.event("profile", lambda one: one["username"] == friend.username)
    assert [one["username"] for one in bot.all_of("profile")] == [friend.username]
    bot.close()


def test_a_token_in_the_address_opens_no_connection(keeper: Person) -> None:
    """Proxies write addresses into their logs."""
    wire = Wire(keeper.server, token_of(keeper)["token"])
    assert wire.read(lambda frame: frame.kind == REFUSED).data["data"]["code"] == "not_signed_in"
    wire.close()


def test_a_token_in_a_cookie_opens_no_connection(keeper: Person) -> None:
    token = token_of(keeper)["token"]
    wire = Wire(keeper.server, additional_headers={"Cookie": f"chatToken={token}"})
    assert wire.read(lambda frame: frame.kind in (CONNECTED, REFUSED)).kind == REFUSED
    wire.close()


@pytest.mark.parametrize("way", ["revoke", "deactivate", "command"])
def test_a_token_that_ends_closes_its_connections_within_a_second(keeper: Person, way: str) -> None:
    made, other = token_of(keeper), token_of(keeper)
    server = keeper.server
    bot, second = (Wire(server, auth={"token": one["token"]}).joined() for one in (made, other))
    assert bot.call("privateMessage", private(BOT, BOT, "me"))["success"] is True
    headers = {"auth-token": keeper.token}
    if way == "command":
        ended = server.run("bots", "revoke", BOT, made["id"])
        assert ended.returncode == 0, ended.stderr
    elif way == "revoke":
        path = f"{server.http}/admin/bots/{BOT}/tokens/{made['id']}"
        assert keeper.http.delete(path, headers=headers).status_code == 200
    else:
        path = f"{server.http}/admin/people/{BOT}"
        assert keeper.http.patch(path, json={"isActive": False}, headers=headers).status_code == 200
    began = time.monotonic()
    bot.read(lambda frame: frame.kind == DISCONNECTED, seconds=1)
    own = {"Authorization": f"Bearer {made['token']}"}
    assert requests.get(f"{server.http}/sync", headers=own, timeout=5).status_code == 401
    assert time.monotonic() - began < 1
    again = Wire(server, auth={"token": made["token"]})
    assert again.read(lambda frame: frame.kind in (CONNECTED, REFUSED)).kind == REFUSED
    again.close()
    if way == "deactivate":
        second.read(lambda frame: frame.kind == DISCONNECTED, seconds=1)
        assert keeper.http.patch(path, json={"isActive": True}, headers=headers).status_code == 200
    else:
        assert second.call("privateMessage", private(BOT, BOT, "still here"))["success"] is True
    bot.close()
    second.close()
