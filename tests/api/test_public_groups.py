"""/groups/public: every user finds public groups and joins them, and sees nothing else of them."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from chatapp.actions import group_members
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]

_numbers = itertools.count(1)


@pytest.fixture
def word() -> str:
    """A word that is in the name of no other group."""
    return f"w{next(_numbers):04}w"


def make(browser: Browser, name: str, **details: Any) -> str:
    answer = browser.post("/group", json={"groupName": name, "users": [], "isPublic": True, **details})
    assert answer.status_code == 200, answer.text
    group_id: str = answer.get_json()["newGroup"]["groupId"]
    return group_id


def find(browser: Browser, name: str, **query: Any) -> dict[str, Any]:
    answer = browser.get("/groups/public", query_string={"name": name, **query})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.get_json()
    return page


def found(browser: Browser, name: str, **query: Any) -> list[str]:
    return [group["groupName"] for group in find(browser, name, **query)["groups"]]


def join(browser: Browser, group_id: str) -> Any:
    return browser.post(f"/groups/public/{group_id}/join")


def test_a_public_group_is_found_with_what_everybody_may_see_and_no_more(
    browse: Browse, newcomers: Newcomers, word: str
) -> None:
    anna, ben = newcomers(2)
    group_id = make(browse(anna), f"Rowing {word}", topic="Sundays", description="At the boat house")
    browse(anna).post("/messages", json={"receiver": group_id, "group": True, "content": "for members"})
    seen = {
        "groupId": group_id,
        "groupName": f"Rowing {word}",
        "topic": "Sundays",
        "description": "At the boat house",
        "memberCount": 1,
        "isMember": False,
    }
    assert find(browse(ben), word) == {"groups": [seen], "next": None}
    assert browse(ben).get(f"/groups/public/{group_id}").get_json() == {"group": seen}
    assert find(browse(anna), word)["groups"] == [{**seen, "isMember": True}]
    refusal(browse(ben).get(f"/messages/{ben}/{group_id}?group=yes"), 403, "not_a_member")
    refusal(browse(ben).get(f"/group/{group_id}"), 403, "not_a_member")


def test_a_private_group_is_to_others_one_that_does_not_exist(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup, word: str
) -> None:
    anna, ben = newcomers(2)
    group_id = make(browse(anna), word)
    assert found(browse(ben), word) == [word]
    browse(anna).patch(f"/group/{group_id}", json={"isPublic": False})
    assert found(browse(ben), word) == found(browse(anna), word) == []
    for number in (group_id, "999999999", "x", "07", "-1"):
        for answer in (browse(ben).get(f"/groups/public/{number}"), join(browse(ben), number)):
            error = refusal(answer, 404, "not_found")
            assert (error["message"], error["details"]) == ("There is no such public group.", {"receiver": number})
    browse(anna).patch(f"/group/{group_id}", json={"isPublic": True})
    assert join(browse(ben), group_id).status_code == 200
    browse(anna).patch(f"/group/{group_id}", json={"isPublic": False})
    assert join(browse(ben), group_id).status_code == 200, "who is in it stays in it"
    assert browse(ben).get(f"/group/{group_id}").status_code == 200


def test_groups_are_found_by_the_beginnings_of_their_words(browse: Browse, newcomers: Newcomers, word: str) -> None:
    (anna,) = newcomers(1)
    alice = browse(anna)
    for name in (f"Ärzte {word}", f"ÁRBOL%_ {word}", f"Über ärger {word}"):
        make(alice, name)
    assert found(alice, f"arz {word}") == [f"Ärzte {word}"]
    # "ar" begins a word of all three: ärzte, árbol and ärger.
    assert found(alice, f"{word} ÄR") == [f"ÁRBOL%_ {word}", f"Ärzte {word}", f"Über ärger {word}"]
    assert found(alice, f"rzte {word}") == []
    assert found(alice, f"arbol%_ {word}") == [f"ÁRBOL%_ {word}"]
    assert found(alice, f"% {word}") == []


def test_a_renamed_group_is_found_by_its_new_name(browse: Browse, newcomers: Newcomers, word: str) -> None:
    (anna,) = newcomers(1)
    group_id = make(browse(anna), f"old{word}")
    browse(anna).patch(f"/group/{group_id}", json={"groupName": f"Nèw{word}"})
    assert found(browse(anna), f"old{word}") == []
    assert found(browse(anna), f"new{word}") == [f"Nèw{word}"]
    assert browse(anna).delete(f"/group/{group_id}").status_code == 200
    assert found(browse(anna), f"new{word}") == []


def test_the_directory_has_pages(browse: Browse, newcomers: Newcomers, word: str) -> None:
    (anna,) = newcomers(1)
    alice = browse(anna)
    ids = [make(alice, f"{word} {name}") for name in ("c", "a", "b", "b", "d")]
    names, seen, after = [], [], None
    while True:
        page = find(alice, word, limit=2, **({"after": after} if after else {}))
        names += [group["groupName"] for group in page["groups"]]
        seen += [group["groupId"] for group in page["groups"]]
        after = page["next"]
        if after is None:
            break
        browse(anna).patch(f"/group/{seen[-1]}", json={"isPublic": False})
    assert names == [f"{word} {name}" for name in ("a", "b", "b", "c", "d")]
    assert sorted(seen) == sorted(ids), "a group that goes away takes no other along"


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=x", "name=" + "x" * 101, "name=%00"),
        *("after=x", "after=7", "after=:a", "after=9999999999999999999:a", "after=1:%00", "after=1:" + "x" * 1_000),
    ],
)
def test_an_invalid_query_is_422(browse: Browse, query: str) -> None:
    refusal(browse("alice").get(f"/groups/public?{query}"), 422, "invalid_input")


def test_who_joins_is_a_member_as_if_added(browse: Browse, newcomers: Newcomers, word: str) -> None:
    anna, ben = newcomers(2)
    group_id = make(browse(anna), word)
    browse(anna).post("/messages", json={"receiver": group_id, "group": True, "content": "before"})
    for _ in range(2):
        group = join(browse(ben), group_id).get_json()["group"]
        assert (group["role"], group["revision"]) == ("member", 3), "joining again changes nothing"
        assert {one["username"]: one["role"] for one in group["members"]} == {anna: "owner", ben: "member"}
    (listed,) = browse(ben).get("/conversations").get_json()["conversations"]
    assert (listed["unread"], listed["lastSequence"]) == (0, 1)
    assert [one["content"] for one in browse(ben).get(f"/messages/{ben}/{group_id}?group=yes").get_json()] == ["before"]
    assert browse(ben).delete(f"/group/{group_id}/members/{ben}").status_code == 200
    assert browse(ben).get("/conversations").get_json()["conversations"] == []
    assert find(browse(ben), word)["groups"][0]["memberCount"] == 1


def test_who_joins_sees_earlier_messages_only_if_the_group_shares_them(
    browse: Browse, newcomers: Newcomers, word: str
) -> None:
    anna, ben = newcomers(2)
    group_id = make(browse(anna), word, sharesHistory=False)
    browse(anna).post("/messages", json={"receiver": group_id, "group": True, "content": "before"})
    assert join(browse(ben), group_id).get_json()["group"]["messages"] == []
    assert browse(ben).get(f"/messages/{ben}/{group_id}?group=yes").get_json() == []
    (listed,) = browse(ben).get("/conversations").get_json()["conversations"]
    assert listed["lastMessage"] is None


def test_a_full_group_takes_nobody_whether_added_or_joining(
    browse: Browse, newcomers: Newcomers, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben, cleo, dora = newcomers(4)
    group_id = make(browse(anna), word)
    monkeypatch.setattr(group_members, "LARGEST_GROUP", 2)
    body = {"users": [{"username": name} for name in (ben, cleo)]}
    refusal(browse(anna).post(f"/group/{group_id}/members", json=body), 409, "limit_reached")
    assert join(browse(ben), group_id).status_code == 200
    error = refusal(join(browse(dora), group_id), 409, "limit_reached")
    assert error["details"] == {"limit": 2}
    assert join(browse(ben), group_id).status_code == 200, "who is in it already is no new member"
    assert find(browse(dora), word)["groups"][0]["memberCount"] == 2


def test_nobody_finds_or_joins_groups_without_a_session(browse: Browse) -> None:
    browser = browse(None)
    for answer in (browser.get("/groups/public"), browser.get("/groups/public/1"), join(browser, "1")):
        refusal(answer, 401, "not_signed_in")
