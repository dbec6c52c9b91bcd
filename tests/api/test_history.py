"""GET /messages/<sender>/<receiver>: pages of a conversation, for its members."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def fill(browser: Browser, receiver: str, count: int, *, group: bool = False) -> None:
    for number in range(1, count + 1):
        body = {"receiver": receiver, "group": group, "content": f"message {number}"}
        assert browser.post("/messages", json=body).status_code == 200


def page(browser: Browser, path: str) -> list[int]:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return [message["sequence"] for message in answer.get_json()]


def test_both_sides_of_a_direct_conversation_read_it_oldest_first(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    for sender, receiver, content in ((anna, ben, "one"), (ben, anna, "two"), (anna, ben, "three")):
        browse(sender).post("/messages", json={"receiver": receiver, "content": content})
    for reader, other in ((anna, ben), (ben, anna)):
        messages = browse(reader).get(f"/messages/{reader}/{other}?group=no").get_json()
        assert [(one["sequence"], one["sender"], one["receiver"], one["content"]) for one in messages] == [
            (1, anna, ben, "one"),
            (2, ben, anna, "two"),
            (3, anna, ben, "three"),
        ]


def test_a_message_is_answered_with_every_field(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    sent = browse(anna).post("/messages", json={"receiver": ben, "content": "hello"}).get_json()["response"]
    (message,) = browse(ben).get(f"/messages/{ben}/{anna}").get_json()
    assert message == sent
    assert set(message) == {
        *(
            "sender",
            "receiver",
            "content",
            "timestamp",
            "deliveredToAll",
            "messageId",
            "sequence",
            "clientId",
            "revision",
        )
    }
    assert message["deliveredToAll"] is False
    assert isinstance(message["messageId"], str)
    stamp = datetime.fromisoformat(message["timestamp"])
    assert stamp.utcoffset() is not None
    assert message["timestamp"].endswith("Z")


def test_members_read_a_group_whose_messages_name_its_id_as_receiver(browse: Browse, make_group: MakeGroup) -> None:
    group_id = make_group("alice", "bob")
    fill(browse("alice"), group_id, 2, group=True)
    messages = browse("bob").get(f"/messages/bob/{group_id}?group=yes").get_json()
    assert [(one["sender"], one["receiver"]) for one in messages] == [("alice", group_id)] * 2


def test_a_message_to_oneself_is_delivered(browse: Browse, newcomers: Newcomers) -> None:
    (anna,) = newcomers(1)
    browser = browse(anna)
    sent = browser.post("/messages", json={"receiver": anna, "content": "a note"}).get_json()["response"]
    assert sent["deliveredToAll"] is True
    (message,) = browser.get(f"/messages/{anna}/{anna}").get_json()
    assert (message["sender"], message["receiver"], message["deliveredToAll"]) == (anna, anna, True)


def test_pages_forward_and_back_are_exclusive_and_oldest_first(browse: Browse, make_group: MakeGroup) -> None:
    group_id = make_group("alice")
    browser = browse("alice")
    fill(browser, group_id, 7, group=True)
    path = f"/messages/alice/{group_id}?group=yes"
    assert page(browser, path) == [1, 2, 3, 4, 5, 6, 7]
    assert page(browser, path + "&limit=3") == [5, 6, 7]
    assert page(browser, path + "&before=5&limit=3") == [2, 3, 4]
    assert page(browser, path + "&before=2") == [1]
    assert page(browser, path + "&before=1") == []
    assert page(browser, path + "&before=0") == []
    assert page(browser, path + "&after=0&limit=3") == [1, 2, 3]
    assert page(browser, path + "&after=3&limit=2") == [4, 5]
    assert page(browser, path + "&after=7") == []
    assert page(browser, path + f"&after={2**63 - 1}") == []
    assert page(browser, path + f"&before={2**63 - 1}&limit=1") == [7]
    assert page(browser, path + "&after=2&before=5") == [3, 4]


def test_a_page_has_100_messages_by_default_and_500_at_most(browse: Browse, newcomers: Newcomers) -> None:
    from concurrent.futures import Future

    from chatapp.journal import MessageDraft

    anna, ben = newcomers(2)
    browser = browse(anna)
    fill(browser, ben, 1)
    journal = browser.application.extensions["chatapp.journal"]
    sender_id = _user_id(browser, anna)
    last: Future[Any] = Future()
    for number in range(520):
        done = last.set_result if number == 519 else lambda _outcome: None
        journal.send(MessageDraft(sender_id, anna, ben, False, f"more {number}"), done)
    last.result(timeout=20)
    path = f"/messages/{anna}/{ben}"
    assert page(browser, path) == list(range(422, 522))
    assert page(browser, path + "?limit=500") == list(range(22, 522))
    assert page(browser, path + "?after=0&limit=500") == list(range(1, 501))
    refusal(browser.get(path + "?limit=501"), 422, "invalid_input")


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=1e2", "limit=99999999999999999999"),
        *("before=-1", "before=x", "before=9223372036854775808", "after=-1", "after=1.5", "after=%00", "after=null"),
        *("group=maybe", "group=", "group=YES", "group=true", "group=yes%0A"),
    ],
)
def test_an_invalid_query_is_422_and_names_the_field(browse: Browse, query: str) -> None:
    error = refusal(browse("alice").get(f"/messages/alice/bob?{query}"), 422, "invalid_input")
    assert list(error["details"]["fields"]) == [query.partition("=")[0]]


def test_users_without_messages_get_an_empty_page(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    assert browse(anna).get(f"/messages/{anna}/{ben}").get_json() == []


def test_reading_creates_no_conversation(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    browser.get(f"/messages/{anna}/{ben}")
    assert browser.get("/conversations").get_json() == {"conversations": []}


def test_a_user_cannot_read_as_another_user(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    fill(browse(anna), ben, 1)
    assert len(browse(anna).get(f"/messages/{anna}/{ben}").get_json()) == 1
    mallory = browse("mallory")
    refusal(mallory.get(f"/messages/{anna}/{ben}"), 403, "forged_sender")
    # A member may not swap the names in the path to read as the other member.
    refusal(browse(anna).get(f"/messages/{ben}/{anna}"), 403, "forged_sender")
    assert mallory.get(f"/messages/mallory/{ben}").get_json() == []


def test_an_outsider_cannot_read_a_group(browse: Browse, make_group: MakeGroup) -> None:
    group_id = make_group("alice", "bob")
    assert browse("bob").get(f"/messages/bob/{group_id}?group=yes").status_code == 200
    refusal(browse("mallory").get(f"/messages/mallory/{group_id}?group=yes"), 403, "not_a_member")


def test_a_direct_conversation_cannot_be_read_as_a_group(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    sent = browse(anna).post("/messages", json={"receiver": ben, "content": "private"}).get_json()["response"]
    number = sent["messageId"].partition("-")[0]
    for name in (anna, "mallory"):
        refusal(browse(name).get(f"/messages/{name}/{number}?group=yes"), 404, "not_found")


@pytest.mark.parametrize(
    "receiver", ["nobody", "ALICE", "%00", "bob%00", "bob%20", "%F0%9F%98%80", "%ff", "%ed%a0%80", "x" * 2000]
)
def test_a_user_who_does_not_exist_is_404(browse: Browse, receiver: str) -> None:
    refusal(browse("alice").get(f"/messages/alice/{receiver}"), 404, "not_found")


@pytest.mark.parametrize(
    "form",
    ["0", "-1", "999999999", "9223372036854775808", "1" * 300, "x", "%00", "0{}", "+{}", "{}.0", " {}", "%EF%BC%91"],
)
def test_a_group_that_does_not_exist_is_404(browse: Browse, make_group: MakeGroup, form: str) -> None:
    group_id = make_group("alice")
    browser = browse("alice")
    assert browser.get(f"/messages/alice/{group_id}?group=yes").status_code == 200
    refusal(browser.get(f"/messages/alice/{form.format(group_id)}?group=yes"), 404, "not_found")


def test_history_needs_a_session(browse: Browse) -> None:
    refusal(browse(None).get("/messages/alice/bob"), 401, "not_signed_in")


def _user_id(browser: Browser, username: str) -> int:
    from sqlalchemy import select

    from chatapp.extensions import db
    from chatapp.models import User

    with browser.application.app_context():
        number = db.session.scalar(select(User.id).where(User.username == username))
    assert number is not None
    return number
