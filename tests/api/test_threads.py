"""Threads over HTTP: opening, following, writing, reading, and losing access."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chatapp.clock import now, to_iso
from chatapp.journal import message_batch
from tests.api.group_calls import named, say
from tests.api.test_message_changes import page, refusal, send
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]


def make_group(owner: Browser, *members: str, **fields: Any) -> str:
    answer = owner.post("/group", json={"groupName": "Lunch", **named(*members), **fields})
    group_id: str = answer.get_json()["newGroup"]["groupId"]
    return group_id


def open_thread(browser: Browser, message_id: str) -> dict[str, Any]:
    answer = browser.post(f"/message/{message_id}/thread")
    assert answer.status_code == 200, answer.text
    thread: dict[str, Any] = answer.get_json()["thread"]
    return thread


def follow(browser: Browser, thread_id: str, *, on: bool) -> Any:
    return browser.put(f"/thread/{thread_id}/following", json={"on": on})


def followed(browser: Browser) -> dict[str, dict[str, Any]]:
    return {one["receiver"]: one for one in browser.get("/threads").get_json()["conversations"]}


def test_a_thread_is_opened_once_and_followed_by_its_opener_and_the_author(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    group_id = make_group(alice, "bob", "carol")
    root = say(alice, group_id, "lunch?").get_json()["response"]
    thread = open_thread(bob, root["messageId"])
    assert thread["threadOf"] == {"receiver": group_id, "group": True, "sequence": 1}
    assert [one["username"] for one in thread["members"]] == ["alice", "bob"]
    assert open_thread(bob, root["messageId"])["revision"] == thread["revision"], "a retry changes nothing"
    assert page(carol, "carol", group_id, is_group=True)[1]["threadId"] == thread["receiver"]
    assert say(bob, thread["receiver"], "yes").status_code == 200
    assert followed(alice)[thread["receiver"]]["unread"] == 1
    assert followed(bob)[thread["receiver"]]["unread"] == 0
    assert thread["receiver"] not in followed(carol)


def test_a_member_who_does_not_follow_reads_and_follows_by_writing(
    alice: Browser, bob: Browser, carol: Browser, browse: Browse
) -> None:
    group_id = make_group(alice, "bob", "carol")
    thread_id = open_thread(bob, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    say(bob, thread_id, "yes")
    assert page(carol, "carol", thread_id, is_group=True)[1]["content"] == "yes"
    assert thread_id not in followed(carol)
    assert say(carol, thread_id, "me too").status_code == 200
    assert thread_id in followed(carol)
    assert follow(carol, thread_id, on=False).status_code == 200
    assert follow(carol, thread_id, on=True).status_code == follow(carol, thread_id, on=True).status_code == 200
    assert say(carol, thread_id, "me too").status_code == 200
    assert follow(carol, thread_id, on=False).status_code == follow(carol, thread_id, on=False).status_code == 200
    assert thread_id not in followed(carol)
    mallory = browse("mallory")
    assert refusal(say(mallory, thread_id, "and I")) == (403, "not_a_member")
    assert refusal(mallory.get(f"/messages/mallory/{thread_id}?group=yes")) == (403, "not_a_member")
    assert refusal(follow(mallory, thread_id, on=True)) == (404, "not_found")
    assert refusal(mallory.post(f"/message/{group_id}-1/thread")) == (404, "not_found")
    assert refusal(follow(carol, group_id, on=True)) == (404, "not_found"), "a group is no thread"
    assert refusal(follow(carol, "none", on=True)) == (404, "not_found")


def test_a_member_who_does_not_follow_follows_by_forwarding(alice: Browser, bob: Browser, carol: Browser) -> None:
    group_id = make_group(alice, "bob", "carol")
    root = say(alice, group_id, "lunch?").get_json()["response"]["messageId"]
    thread_id = open_thread(bob, root)["receiver"]
    body = {"receiver": thread_id, "group": True}
    assert carol.post(f"/message/{root}/forward", json=body).status_code == 200
    assert thread_id in followed(carol)
    other = make_group(alice, "bob")
    aside = open_thread(alice, say(alice, other, "just us").get_json()["response"]["messageId"])["receiver"]
    assert refusal(carol.post(f"/message/{root}/forward", json={**body, "receiver": aside})) == (403, "not_a_member")


def test_who_asks_in_a_thread_follows_it_and_followers_vote(alice: Browser, bob: Browser, carol: Browser) -> None:
    group_id = make_group(alice, "bob", "carol")
    thread_id = open_thread(bob, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    body = {"receiver": thread_id, "group": True, "question": "When?", "options": ["Now", "Later"]}
    poll = carol.post("/polls", json=body).get_json()["message"]
    assert thread_id in followed(carol)
    for browser, option in ((bob, 1), (carol, 0)):
        assert browser.put(f"/message/{poll['messageId']}/vote", json={"options": [option]}).status_code == 200
    shown = page(alice, "alice", thread_id, is_group=True)[1]["poll"]
    assert [option["votes"] for option in shown["options"]] == [1, 1]


def test_only_who_follows_a_thread_sends_later_in_it(alice: Browser, bob: Browser, carol: Browser) -> None:
    group_id = make_group(alice, "bob", "carol")
    thread_id = open_thread(bob, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    later = {"receiver": thread_id, "group": True, "content": "later", "dueAt": to_iso(now() + timedelta(hours=1))}
    assert refusal(carol.post("/scheduled", json={**later, "clientId": str(uuid4())})) == (403, "not_a_member")
    follow(carol, thread_id, on=True)
    of_bob, of_carol = (
        browser.post("/scheduled", json={**later, "clientId": str(uuid4())}).get_json()["scheduled"]["clientId"]
        for browser in (bob, carol)
    )
    follow(carol, thread_id, on=False)
    assert refusal(carol.post(f"/scheduled/{of_carol}/send")) == (403, "not_a_member")
    assert bob.post(f"/scheduled/{of_bob}/send").status_code == 200
    assert page(alice, "alice", thread_id, is_group=True)[1]["content"] == "later"


def test_a_private_conversation_has_threads(alice: Browser, bob: Browser, browse: Browse) -> None:
    root = send(alice, "bob")
    thread = open_thread(bob, root["messageId"])
    assert thread["threadOf"] == {"receiver": "alice", "group": False, "sequence": root["sequence"]}
    assert followed(alice)[thread["receiver"]]["threadOf"]["receiver"] == "bob"
    assert say(alice, thread["receiver"], "aside").status_code == 200
    assert refusal(follow(browse("mallory"), thread["receiver"], on=True)) == (404, "not_found")


@pytest.mark.parametrize("ending", ["remove", "leave", "delete"])
def test_who_loses_the_group_loses_its_threads(alice: Browser, bob: Browser, carol: Browser, ending: str) -> None:
    group_id = make_group(alice, "bob", "carol")
    thread_id = open_thread(bob, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    assert say(bob, thread_id, "yes").status_code == 200
    {
        "remove": lambda: alice.delete(f"/group/{group_id}/members/bob"),
        "leave": lambda: bob.delete(f"/group/{group_id}/members/bob"),
        "delete": lambda: alice.delete(f"/group/{group_id}"),
    }[ending]()
    assert thread_id not in followed(bob)
    expected = (404, "not_found") if ending == "delete" else (403, "not_a_member")
    assert refusal(say(bob, thread_id, "still here")) == expected
    assert refusal(bob.get(f"/messages/bob/{thread_id}?group=yes")) == expected
    assert (thread_id in followed(alice)) is (ending != "delete")


def test_a_group_that_ceases_to_share_its_history_ends_the_follows_of_later_members(
    alice: Browser, bob: Browser, carol: Browser
) -> None:
    group_id = make_group(alice, "bob")
    thread_id = open_thread(bob, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    alice.post(f"/group/{group_id}/members", json=named("carol"))
    assert follow(carol, thread_id, on=True).status_code == 200
    alice.patch(f"/group/{group_id}", json={"sharesHistory": False})
    assert thread_id not in followed(carol)
    assert thread_id in followed(bob)
    assert refusal(follow(carol, thread_id, on=True)) == (404, "not_found")
    assert refusal(carol.get(f"/messages/carol/{thread_id}?group=yes")) == (403, "not_a_member")
    assert bob.get(f"/messages/bob/{thread_id}?group=yes").status_code == 200


def test_in_an_announcement_group_only_admins_open_threads_and_write_in_them(alice: Browser, bob: Browser) -> None:
    group_id = make_group(alice, "bob", writers="admins")
    root = say(alice, group_id, "news").get_json()["response"]["messageId"]
    assert refusal(bob.post(f"/message/{root}/thread")) == (403, "forbidden")
    thread_id = open_thread(alice, root)["receiver"]
    assert refusal(say(bob, thread_id, "hm")) == (403, "only_admins_write")
    assert thread_id not in followed(bob)
    assert open_thread(bob, root)["receiver"] == thread_id, "everybody may follow"
    assert refusal(say(bob, thread_id, "hm")) == (403, "only_admins_write")
    assert say(alice, thread_id, "more").status_code == 200


def test_a_thread_has_no_name_roles_or_threads(alice: Browser, bob: Browser) -> None:
    group_id = make_group(alice, "bob")
    thread_id = open_thread(alice, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    inner = say(alice, thread_id, "yes").get_json()["response"]["messageId"]
    refused = [
        alice.patch(f"/group/{thread_id}", json={"groupName": "New"}),
        alice.delete(f"/group/{thread_id}"),
        alice.post(f"/group/{thread_id}/members", json=named("bob")),
        alice.put(f"/group/{thread_id}/members/alice", json={"role": "owner"}),
        alice.delete(f"/group/{thread_id}/members/alice"),
        alice.post(f"/message/{inner}/thread"),
    ]
    assert [refusal(answer) for answer in refused] == [(409, "not_for_threads")] * len(refused)
    assert refusal(alice.get(f"/group/{thread_id}")) == (404, "not_found")
    listed = [one["groupId"] for one in alice.get("/all/alice").get_json()["groups"]]
    assert group_id in listed
    assert thread_id not in listed


def test_the_thread_of_a_deleted_message_stays(alice: Browser, bob: Browser) -> None:
    group_id = make_group(alice, "bob")
    root = say(alice, group_id, "lunch?").get_json()["response"]["messageId"]
    other = say(alice, group_id, "dinner?").get_json()["response"]["messageId"]
    thread_id = open_thread(alice, root)["receiver"]
    alice.delete(f"/message/{root}")
    alice.delete(f"/message/{other}")
    assert open_thread(bob, root)["receiver"] == thread_id
    assert refusal(bob.post(f"/message/{other}/thread")) == (409, "message_deleted")


def test_a_thread_has_a_length(alice: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_batch, "THREAD_MESSAGES", 1)
    group_id = make_group(alice)
    thread_id = open_thread(alice, say(alice, group_id, "lunch?").get_json()["response"]["messageId"])["receiver"]
    assert say(alice, thread_id, "one").status_code == 200
    assert refusal(say(alice, thread_id, "two")) == (409, "limit_reached")
    assert say(alice, group_id, "two").status_code == 200
