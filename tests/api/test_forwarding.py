"""Forwarding: a copy of a message elsewhere, which says who wrote it and leaks nothing of where that was."""

import uuid
from typing import Any

from tests.api.error_bodies import refusal
from tests.api.personal_calls import Browse, MakeGroup, Newcomers, say
from tests.conftest import Browser


def posted(browser: Browser, receiver: str, content: str, *, group: bool = False) -> dict[str, Any]:
    body = {"receiver": receiver, "group": group, "content": content}
    message: dict[str, Any] = browser.post("/messages", json=body).get_json()["response"]
    return message


def forward(browser: Browser, message_id: str, receiver: str, *, group: bool = False, **more: Any) -> Any:
    return browser.post(f"/message/{message_id}/forward", json={"receiver": receiver, "group": group, **more})


def history(browser: Browser, me: str, receiver: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/messages/{me}/{receiver}").get_json()
    return found


def test_a_copy_says_who_wrote_it_and_leads_only_those_to_the_original_who_may_see_it(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo = newcomers(3)
    group_id = make_group(anna, ben)
    original = posted(browse(anna), group_id, "the **plan**", group=True)
    browse(ben).patch(f"/message/{original['messageId']}", json={"content": "no"})
    browse(anna).patch(f"/message/{original['messageId']}", json={"content": "the better plan"})
    copy = forward(browse(ben), original["messageId"], cleo).get_json()["response"]
    assert (copy["sender"], copy["receiver"], copy["content"]) == (ben, cleo, "the better plan")
    assert copy["forwarded"] == {"sender": anna, "timestamp": original["timestamp"]}
    (seen,) = history(browse(cleo), cleo, ben)
    assert {**seen, "deliveredToAll": copy["deliveredToAll"]} == copy
    assert "editedAt" not in seen
    (listed,) = browse(cleo).get("/conversations").get_json()["conversations"]
    assert listed["lastMessage"]["forwarded"] == copy["forwarded"]
    assert original["messageId"] not in str([seen, listed])

    assert browse(ben).get(f"/message/{copy['messageId']}/origin").get_json() == {"messageId": original["messageId"]}
    refusal(browse(cleo).get(f"/message/{copy['messageId']}/origin"), 404, "not_found")
    refusal(browse(anna).get(f"/message/{copy['messageId']}/origin"), 404, "not_found")
    refusal(browse(ben).get(f"/message/{original['messageId']}/origin"), 404, "not_found")

    again = forward(browse(cleo), copy["messageId"], cleo).get_json()["response"]
    assert again["forwarded"] == copy["forwarded"], "a copy of a copy names the first author"
    refusal(browse(ben).patch(f"/message/{copy['messageId']}", json={"content": "forged"}), 403, "forbidden")
    browse(ben).delete(f"/message/{copy['messageId']}")
    assert "forwarded" not in history(browse(cleo), cleo, ben)[0]


def test_what_one_may_not_see_or_not_write_is_refused(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo = newcomers(3)
    group_id = make_group(anna, ben)
    original = posted(browse(anna), group_id, "among us", group=True)["messageId"]
    refusal(forward(browse(cleo), original, cleo), 404, "not_found")
    assert browse(cleo).get("/conversations").get_json()["conversations"] == [], "nothing was opened for it"
    refusal(forward(browse(ben), "1-2-3", cleo), 404, "not_found")
    refusal(forward(browse(ben), original, "nobody"), 404, "not_found")
    others = make_group(cleo)
    refusal(forward(browse(ben), original, others, group=True), 403, "not_a_member")
    browse(anna).patch(f"/group/{group_id}", json={"writers": "admins"})
    refusal(forward(browse(ben), original, group_id, group=True), 403, "only_admins_write")
    refusal(forward(browse(ben), original, cleo, clientId="x"), 422, "invalid_input")
    refusal(browse(ben).post(f"/message/{original}/forward", json=[]), 400, "malformed")
    refusal(forward(browse(None), original, ben), 401, "not_signed_in")
    browse(anna).delete(f"/message/{original}")
    refusal(forward(browse(ben), original, cleo), 409, "message_deleted")


def test_a_message_from_before_one_joined_is_not_forwarded(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben, cleo = newcomers(3)
    body = {"groupName": "quiet", "users": [{"username": ben}], "sharesHistory": False}
    group_id = browse(anna).post("/group", json=body).get_json()["newGroup"]["groupId"]
    before = posted(browse(anna), group_id, "before", group=True)["messageId"]
    copy = forward(browse(ben), before, cleo).get_json()["response"]["messageId"]
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": cleo}]})
    refusal(forward(browse(cleo), before, ben), 404, "not_found")
    refusal(browse(cleo).get(f"/message/{copy}/origin"), 404, "not_found")
    after = posted(browse(anna), group_id, "after", group=True)["messageId"]
    assert forward(browse(cleo), after, ben).status_code == 200


def test_a_repeated_forward_is_stored_once_even_after_the_original_was_deleted(
    browse: Browse, newcomers: Newcomers
) -> None:
    anna, ben, cleo = newcomers(3)
    say(browse(anna), ben, "short-lived")
    (original,) = history(browse(anna), anna, ben)
    client_id = str(uuid.uuid4())
    first = forward(browse(ben), original["messageId"], cleo, clientId=client_id).get_json()["response"]
    browse(anna).delete(f"/message/{original['messageId']}")
    second = forward(browse(ben), original["messageId"], cleo, clientId=client_id).get_json()["response"]
    assert second == first
    assert [one["content"] for one in history(browse(cleo), cleo, ben)] == ["short-lived"]
