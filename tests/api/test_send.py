"""POST /messages: permissions, validation and retries."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def send(browser: Browser, receiver: str, content: Any = "hello", **extra: Any) -> TestResponse:
    answer: TestResponse = browser.post("/messages", json={"receiver": receiver, "content": content, **extra})
    return answer


def contents(browser: Browser, username: str, receiver: str, group: str = "no") -> list[str]:
    return [one["content"] for one in browser.get(f"/messages/{username}/{receiver}?group={group}").get_json()]


def test_the_ack_contains_the_message(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    ack = send(browse(anna), ben).get_json()
    assert ack["success"] is True
    message = ack["response"]
    assert (message["sender"], message["receiver"], message["content"]) == (anna, ben, "hello")
    assert (message["sequence"], message["clientId"], message["deliveredToAll"]) == (1, None, False)


def test_a_member_can_write_to_a_group(browse: Browse, make_group: MakeGroup) -> None:
    group_id = make_group("alice", "bob")
    message = send(browse("bob"), group_id, group=True).get_json()["response"]
    assert (message["sender"], message["receiver"], message["sequence"]) == ("bob", group_id, 1)


def test_the_sender_field_must_be_the_caller(browse: Browse) -> None:
    assert send(browse("alice"), "bob", sender="alice").status_code == 200
    refusal(send(browse("mallory"), "bob", "forged", sender="alice"), 403, "forged_sender")
    assert "forged" not in contents(browse("alice"), "alice", "bob")


def test_an_outsider_cannot_write_to_a_group(browse: Browse, make_group: MakeGroup) -> None:
    group_id = make_group("alice", "bob")
    assert send(browse("bob"), group_id, "mine", group=True).status_code == 200
    refusal(send(browse("mallory"), group_id, "theirs", group=True), 403, "not_a_member")
    assert contents(browse("alice"), "alice", group_id, "yes") == ["mine"]


@pytest.mark.parametrize("receiver", ["nobody", "bob ", "BOB", "😀", "alice bob", "x" * 1000])
def test_an_unknown_receiver_is_404_and_creates_no_conversation(
    browse: Browse, newcomers: Newcomers, receiver: str
) -> None:
    (anna,) = newcomers(1)
    browser = browse(anna)
    refusal(send(browser, receiver), 404, "not_found")
    assert browser.get("/conversations").get_json()["conversations"] == []


@pytest.mark.parametrize(
    "form", ["0", "999999999", "9223372036854775808", "1" * 300, "bob", "0{}", "00{}", "+{}", " {}", "{}\n"]
)
def test_a_group_id_in_another_spelling_is_404(browse: Browse, make_group: MakeGroup, form: str) -> None:
    group_id = make_group("alice")
    browser = browse("alice")
    assert send(browser, group_id, group=True).status_code == 200
    refusal(send(browser, form.format(group_id), group=True), 404, "not_found")


def test_a_username_is_not_accepted_as_a_group_or_a_group_as_a_username(browse: Browse, make_group: MakeGroup) -> None:
    group_id = make_group("alice", "bob")
    refusal(send(browse("alice"), "bob", group=True), 404, "not_found")
    refusal(send(browse("alice"), group_id), 404, "not_found")


def test_a_retry_with_the_same_client_id_gets_the_first_ack(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    browser, client_id = browse(anna), str(uuid.uuid4())
    first = send(browser, ben, "once", clientId=client_id)
    assert first.get_json()["response"]["clientId"] == client_id
    for again in ("once", "changed meanwhile"):
        assert send(browser, ben, again, clientId=client_id).get_json() == first.get_json()
    assert send(browse(anna), ben, "once", clientId=client_id.upper()).get_json() == first.get_json()
    assert contents(browser, anna, ben) == ["once"]


def test_a_retry_with_another_receiver_stores_nothing(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo = newcomers(3)
    browser, client_id = browse(anna), str(uuid.uuid4())
    first = send(browser, ben, "once", clientId=client_id).get_json()
    group_id = make_group(anna, cleo)
    before = browser.get("/conversations").get_json()
    assert send(browser, cleo, "once", clientId=client_id).get_json() == first
    assert send(browser, group_id, "once", group=True, clientId=client_id).get_json() == first
    assert send(browser, "nobody", "once", clientId=client_id).get_json() == first
    assert browser.get("/conversations").get_json() == before
    assert [one["group"] for one in browse(cleo).get("/conversations").get_json()["conversations"]] == [True]


def test_two_senders_may_use_the_same_client_id(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    client_id = str(uuid.uuid4())
    assert send(browse(anna), ben, "hers", clientId=client_id).get_json()["response"]["sequence"] == 1
    assert send(browse(ben), anna, "his", clientId=client_id).get_json()["response"]["sequence"] == 2


def test_a_refused_message_may_be_sent_again_with_the_same_client_id(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    client_id = str(uuid.uuid4())
    refusal(send(browse(anna), "nobody", clientId=client_id), 404, "not_found")
    assert send(browse(anna), ben, clientId=client_id).get_json()["response"]["receiver"] == ben


def test_concurrent_retries_with_one_client_id_store_one_message(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    client_id = str(uuid.uuid4())
    browsers = [browse(anna) for _ in range(6)]
    with ThreadPoolExecutor(len(browsers)) as pool:
        acks = list(pool.map(lambda one: send(one, ben, "once", clientId=client_id).get_json(), browsers))
    assert all(ack == acks[0] for ack in acks)
    assert contents(browse(ben), ben, anna) == ["once"]


def test_concurrent_first_messages_of_two_users_create_one_conversation(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    work = [(browse(anna), ben), (browse(ben), anna)] * 3
    with ThreadPoolExecutor(len(work)) as pool:
        acks = list(pool.map(lambda one: send(*one).get_json(), work))
    assert sorted(ack["response"]["sequence"] for ack in acks) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"receiver": "bob"}, {"content": "x"}, {"receiver": "", "content": "x"}, {"receiver": 7, "content": "x"}),
        *({"receiver": None, "content": "x"}, {"receiver": "bob", "content": None}, {"receiver": "bob", "content": 5}),
        *({"receiver": "bob", "content": ["x"]}, {"receiver": "bob", "content": "x", "group": "yes"}),
        *({"receiver": "bob", "content": "x", "group": 1}, {"receiver": "bob", "content": "x", "clientId": "1"}),
        {"receiver": "bob", "content": "x", "clientId": "z" * 36},
        {"receiver": "bob", "content": "x", "clientId": 5},
        {"receiver": "bob", "content": "x", "sender": 5},
        {"receiver": "bob\x00", "content": "x"},
        {"receiver": "b" * 1001, "content": "x"},
    ],
)
def test_an_invalid_field_is_422_and_named(browse: Browse, body: dict[str, Any]) -> None:
    error = refusal(browse("alice").post("/messages", json=body), 422, "invalid_input")
    assert error["details"]["fields"]
    assert set(error["details"]["fields"]) <= {"receiver", "content", "group", "clientId", "sender"}


def test_sending_needs_a_session(browse: Browse) -> None:
    refusal(send(browse(None), "bob"), 401, "not_signed_in")


def test_the_session_is_checked_before_the_body(browse: Browse) -> None:
    refusal(browse(None).post("/messages", data=b"{"), 401, "not_signed_in")
