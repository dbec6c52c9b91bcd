"""POST /group: creates a group of the caller and the posted users."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
USER_FIELDS = {"firstName", "lastName", "username", "isOnline", "lastSeen"}
OPTIONAL = {"hasNamesake"}


def make(browser: Browser, name: Any, *usernames: Any) -> TestResponse:
    body = {"groupName": name, "users": [{"username": one} for one in usernames]}
    answer: TestResponse = browser.post("/group", json=body)
    return answer


def groups(browser: Browser, username: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/all/{username}").get_json()["groups"]
    return found


def test_a_new_group_is_answered_with_every_field(browse: Browse) -> None:
    answer = make(browse("alice"), "Lunch", "bob", "carol")
    assert answer.status_code == 200
    assert set(answer.get_json()) == {"newGroup"}
    group = answer.get_json()["newGroup"]
    of_the_contract = {"groupName", "groupId", "users", "messages", "createdAt"}
    details = {
        "topic",
        "description",
        "sharesHistory",
        "isPublic",
        "writers",
        "pinners",
        "retentionDays",
        "erasedSequence",
    }
    assert set(group) == of_the_contract | details | {"revision", "role", "members"}
    assert group["groupName"] == "Lunch"
    assert isinstance(group["groupId"], str)
    assert group["groupId"]
    assert group["messages"] == []
    assert [user["username"] for user in group["users"]] == ["alice", "bob", "carol"]
    assert all(set(user) - OPTIONAL == USER_FIELDS for user in group["users"])
    assert group["createdAt"].endswith("Z")


def test_the_creator_is_a_member_once_whether_posted_or_not(browse: Browse) -> None:
    for posted in (("bob",), ("bob", "alice"), ("bob", "bob", "alice", "alice")):
        users = make(browse("alice"), "Lunch", *posted).get_json()["newGroup"]["users"]
        assert [user["username"] for user in users] == ["alice", "bob"]


def test_a_group_may_consist_of_its_creator_alone(browse: Browse) -> None:
    for body in ({"groupName": "Notes", "users": []}, {"groupName": "Notes"}):
        answer = browse("alice").post("/group", json=body)
        assert [user["username"] for user in answer.get_json()["newGroup"]["users"]] == ["alice"]


def test_only_the_username_of_a_posted_user_is_trusted(browse: Browse) -> None:
    posted = {"username": "bob", "firstName": "Mallory", "lastName": "<script>", "isOnline": True, "role": "admin"}
    answer = browse("alice").post("/group", json={"groupName": "Lunch", "users": [posted]})
    bob = answer.get_json()["newGroup"]["users"][1]
    assert set(bob) - OPTIONAL == USER_FIELDS
    assert (bob["firstName"], bob["lastName"], bob["username"], bob["isOnline"]) == ("Bob", "Brandt", "bob", False)


def test_two_groups_may_have_the_same_name(browse: Browse) -> None:
    first, second = (make(browse("alice"), "Lunch").get_json()["newGroup"]["groupId"] for _ in range(2))
    assert first != second


def test_an_unknown_user_is_404_and_no_group_is_created(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    error = refusal(make(browser, "Lunch", ben, "nobody", "Alice"), 404, "not_found")
    assert error["details"]["usernames"] == ["Alice", "nobody"]
    assert groups(browser, anna) == groups(browse(ben), ben) == []
    assert make(browser, "Lunch", ben).status_code == 200
    assert len(groups(browse(ben), ben)) == 1


@pytest.mark.parametrize(
    "name",
    ["x", "x" * 100, "😀" * 100, "e\u0301" * 100, "a/b?c#d%20", "..", "'; --", "שלום", "{{ 7 * 7 }}", "❤️", "\u200bx"],
)
def test_a_name_is_1_to_100_characters_of_any_script(browse: Browse, newcomers: Newcomers, name: str) -> None:
    (anna,) = newcomers(1)
    browser = browse(anna)
    made = make(browser, name).get_json()["newGroup"]["groupName"]
    assert 1 <= len(made) <= 100
    assert groups(browser, anna)[0]["groupName"] == made


def test_space_around_a_name_is_removed(browse: Browse) -> None:
    assert make(browse("alice"), "  Lunch at noon ").get_json()["newGroup"]["groupName"] == "Lunch at noon"


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "\n", "\t\t", "\u00a0", "x" * 101, "😀" * 101, "a\nb", "a\tb", "a\x00b", "a\x7fb", "a\x85b"),
        *(None, 5, True, ["x"], {"x": 1}),
        *("\u200b", "\u200b \u2060", "\u3164", "\u2800", "\ufe0f", "\U000e0020"),
        # Normalisation decomposes these two letters into two and three code points.
        *("\u0958" * 51, "\ufb2c" * 34),
    ],
)
def test_an_invalid_name_is_422_and_no_group_is_created(browse: Browse, newcomers: Newcomers, name: Any) -> None:
    (anna,) = newcomers(1)
    browser = browse(anna)
    error = refusal(make(browser, name), 422, "invalid_input")
    assert list(error["details"]["fields"]) == ["groupName"]
    assert groups(browser, anna) == []


@pytest.mark.parametrize(
    "users", [None, "bob", 5, {"username": "bob"}, ["bob"], [None], [{}], [{"username": 5}], [{"username": "a\x00"}]]
)
def test_an_invalid_list_of_users_is_422(browse: Browse, users: Any) -> None:
    error = refusal(browse("alice").post("/group", json={"groupName": "x", "users": users}), 422, "invalid_input")
    assert all(field.startswith("users") for field in error["details"]["fields"])


def test_a_list_of_users_above_the_limit_is_422(browse: Browse) -> None:
    assert make(browse("alice"), "Crowd", *["bob"] * 5000).status_code == 200
    refusal(make(browse("alice"), "Crowd", *["bob"] * 5001), 422, "invalid_input")


def test_a_group_cannot_be_renamed_to_an_invisible_name(browse: Browse, make_group: Callable[..., str]) -> None:
    group_id, alice = make_group("alice"), browse("alice")
    before = alice.get(f"/group/{group_id}").get_json()
    error = refusal(alice.patch(f"/group/{group_id}", json={"groupName": "\u200b\u3164"}), 422, "invalid_input")
    assert list(error["details"]["fields"]) == ["groupName"]
    assert alice.get(f"/group/{group_id}").get_json() == before


def test_a_missing_name_is_422(browse: Browse) -> None:
    refusal(browse("alice").post("/group", json={"users": []}), 422, "invalid_input")


def test_creating_a_group_needs_a_session(browse: Browse) -> None:
    refusal(make(browse(None), "Lunch"), 401, "not_signed_in")
