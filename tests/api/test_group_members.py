"""/group/<group_id> and its members: who may add, remove, give roles, rename, leave and delete."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chatapp.models.membership import MEMBER, OWNER
from tests.api.error_bodies import refusal
from tests.api.group_calls import named, say, show
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def roles(browser: Browser, group_id: str) -> dict[str, str]:
    return {one["username"]: one["role"] for one in show(browser, group_id)["members"]}


def history(browser: Browser, username: str, group_id: str) -> list[str]:
    return [one["content"] for one in browser.get(f"/messages/{username}/{group_id}?group=yes").get_json()]


def test_who_makes_a_group_owns_it(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    group = show(browse(ben), group_id)
    assert group["members"] == [{"username": anna, "role": OWNER}, {"username": ben, "role": MEMBER}]
    assert (group["role"], group["revision"], group["sharesHistory"]) == (MEMBER, 1, True)


def test_the_same_client_id_makes_no_second_group(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    body = {"groupName": "Once", **named(ben), "clientId": str(uuid.uuid4())}
    first, second = (browse(anna).post("/group", json=body).get_json()["newGroup"]["groupId"] for _ in range(2))
    assert first == second
    other = browse(ben).post("/group", json=body).get_json()["newGroup"]["groupId"]
    assert other != first, "a client id is its sender's own"
    assert browse(anna).post("/group", json={**body, "clientId": str(uuid.uuid4())}).get_json() != first
    refusal(browse(anna).post("/group", json={**body, "clientId": "x"}), 422, "invalid_input")


def test_an_added_member_is_in_it_with_nothing_unread(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna)
    say(browse(anna), group_id, "before")
    refusal(browse(ben).get(f"/group/{group_id}"), 403, "not_a_member")
    answer = browse(anna).post(f"/group/{group_id}/members", json=named(ben))
    assert {one["username"] for one in answer.get_json()["group"]["users"]} == {anna, ben}
    (listed,) = browse(ben).get("/conversations").get_json()["conversations"]
    assert (listed["unread"], listed["lastSequence"], listed["revision"]) == (0, 1, 3)
    assert history(browse(ben), ben, group_id) == ["before"]
    assert browse(anna).get(f"/messages/{anna}/{group_id}?group=yes").get_json()[0]["deliveredToAll"] is True


def test_adding_somebody_again_changes_nothing(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    for _ in range(2):
        assert browse(anna).post(f"/group/{group_id}/members", json=named(ben, anna)).status_code == 200
    assert show(browse(anna), group_id)["revision"] == 1
    assert roles(browse(anna), group_id) == {anna: OWNER, ben: MEMBER}


def test_an_unknown_user_is_not_added_and_neither_are_the_others(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna)
    error = refusal(browse(anna).post(f"/group/{group_id}/members", json=named(ben, "nobody")), 404, "not_found")
    assert error["details"]["usernames"] == ["nobody"]
    assert roles(browse(anna), group_id) == {anna: OWNER}


def test_a_removed_member_sees_and_says_nothing_more(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    assert say(browse(ben), group_id, "still here").status_code == 200
    assert browse(anna).delete(f"/group/{group_id}/members/{ben}").status_code == 200
    refusal(say(browse(ben), group_id, "gone"), 403, "not_a_member")
    refusal(browse(ben).get(f"/messages/{ben}/{group_id}?group=yes"), 403, "not_a_member")
    refusal(browse(ben).get(f"/group/{group_id}"), 403, "not_a_member")
    assert browse(ben).get(f"/all/{ben}").get_json()["groups"] == []
    assert browse(ben).get("/conversations").get_json()["conversations"] == []
    assert history(browse(anna), anna, group_id) == ["still here"]
    refusal(browse(anna).delete(f"/group/{group_id}/members/{ben}"), 404, "not_found")


def test_who_comes_back_is_a_member_like_any_other(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    for _ in range(2):
        assert browse(anna).delete(f"/group/{group_id}/members/{ben}").status_code == 200
        assert browse(anna).post(f"/group/{group_id}/members", json=named(ben)).status_code == 200
        assert say(browse(ben), group_id, "back").status_code == 200


def test_a_group_that_does_not_share_its_history_begins_where_one_joined(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna)
    say(browse(anna), group_id, "before")
    for shares, seen in ((False, ["after"]), (True, ["before", "after"])):
        answer = browse(anna).patch(f"/group/{group_id}", json={"sharesHistory": shares})
        assert answer.get_json()["group"]["sharesHistory"] is shares
        if not shares:
            browse(anna).post(f"/group/{group_id}/members", json=named(ben))
            (listed,) = browse(ben).get("/conversations").get_json()["conversations"]
            assert listed["lastMessage"] is None
            say(browse(anna), group_id, "after")
        assert history(browse(ben), ben, group_id) == seen
        assert [one["content"] for one in show(browse(ben), group_id)["messages"]] == seen
        assert history(browse(anna), anna, group_id) == ["before", "after"]
    page = browse(ben).get(f"/messages/{ben}/{group_id}?group=yes&after=0&limit=1").get_json()
    assert [one["content"] for one in page] == ["before"]


def test_a_group_is_renamed(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    for _ in range(2):
        answer = browse(anna).patch(f"/group/{group_id}", json={"groupName": "Tea"})
        assert (answer.get_json()["group"]["groupName"], answer.get_json()["group"]["revision"]) == ("Tea", 2)
    (listed,) = browse(ben).get("/conversations").get_json()["conversations"]
    assert listed["name"] == "Tea"
    for name in ("", " ", "x" * 101, "a\nb", 7):
        refusal(browse(anna).patch(f"/group/{group_id}", json={"groupName": name}), 422, "invalid_input")


def test_the_last_owner_hands_over_before_leaving(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    refusal(browse(anna).delete(f"/group/{group_id}/members/{anna}"), 409, "last_owner")
    refusal(browse(anna).put(f"/group/{group_id}/members/{anna}", json={"role": MEMBER}), 409, "last_owner")
    assert browse(anna).put(f"/group/{group_id}/members/{ben}", json={"role": OWNER}).status_code == 200
    assert browse(anna).delete(f"/group/{group_id}/members/{anna}").status_code == 200
    assert roles(browse(ben), group_id) == {ben: OWNER}


@pytest.mark.parametrize("way", ["the last one leaves", "an owner deletes it"])
def test_a_group_that_ends_leaves_nothing(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    from chatapp.actions import groups

    monkeypatch.setattr(groups, "MESSAGES_DELETED_AT_ONCE", 2)
    anna, ben = newcomers(2)
    others = [ben] if way == "an owner deletes it" else []
    group_id = make_group(anna, *others)
    browse(anna).patch(f"/group/{group_id}", json={"topic": "Tea", "description": "At four", "isPublic": True})
    for number in range(5):
        say(browse(anna), group_id, f"{number}")
    path = f"/group/{group_id}" if others else f"/group/{group_id}/members/{anna}"
    assert browse(anna).delete(path).status_code == 200
    for name in (anna, ben):
        refusal(browse(name).get(f"/group/{group_id}"), 404, "not_found")
        refusal(say(browse(name), group_id, "x"), 404, "not_found")
        assert browse(name).get("/conversations").get_json()["conversations"] == []
    assert count_messages(browse(anna), group_id) == 0
    assert texts_of(browse(anna), group_id) == (None, "", "", "", False)


def texts_of(browser: Browser, group_id: str) -> tuple[Any, ...]:
    from chatapp.extensions import db
    from chatapp.models import Conversation

    with browser.application.app_context():
        group = db.session.get_one(Conversation, int(group_id))
        return group.name, group.topic, group.description, group.search_name, group.is_public


def count_messages(browser: Browser, group_id: str) -> int:
    from sqlalchemy import func, select

    from chatapp.extensions import db
    from chatapp.models import Message

    with browser.application.app_context():
        query = select(func.count()).select_from(Message).where(Message.conversation_id == int(group_id))
        return db.session.execute(query).scalar_one()


@pytest.mark.parametrize("group_id", ["999999", "x", "-1", "07"])
def test_a_group_that_does_not_exist_is_not_found(browse: Browse, group_id: str) -> None:
    browser = browse("alice")
    for answer in (
        browser.get(f"/group/{group_id}"),
        browser.patch(f"/group/{group_id}", json={"groupName": "x"}),
        browser.delete(f"/group/{group_id}"),
        browser.post(f"/group/{group_id}/members", json=named("bob")),
        browser.delete(f"/group/{group_id}/members/bob"),
        browser.put(f"/group/{group_id}/members/bob", json={"role": "admin"}),
    ):
        refusal(answer, 404, "not_found")


def test_nobody_does_any_of_it_without_a_session(browse: Browse) -> None:
    browser = browse(None)
    for answer in (browser.get("/group/1"), browser.patch("/group/1", json={}), browser.delete("/group/1/members/bob")):
        refusal(answer, 401, "not_signed_in")


@pytest.mark.parametrize("body", [{}, {"role": "king"}, {"role": None}, {"role": 7}])
def test_a_role_is_one_of_three(browse: Browse, cast_of_four: tuple[str, dict[str, str]], body: dict[str, Any]) -> None:
    group_id, cast = cast_of_four
    answer = browse(cast[OWNER]).put(f"/group/{group_id}/members/{cast[MEMBER]}", json=body)
    refusal(answer, 422, "invalid_input")
