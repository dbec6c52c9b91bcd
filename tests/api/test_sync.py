"""GET /sync: what is newer than what the caller knows."""

from collections.abc import Callable
from typing import Any

import pytest

from chatapp.actions import sync as module
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def sync(browser: Browser, query: str = "") -> dict[str, Any]:
    answer = browser.get("/sync" + query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    assert set(found) == {
        "userRevision",
        "more",
        "conversations",
        "gone",
        "changes",
        "names",
        "renamed",
        "retentionDays",
    }
    return found


def say(browser: Browser, receiver: str, content: str = "hello", *, group: bool = False) -> dict[str, Any]:
    body = {"receiver": receiver, "group": group, "content": content}
    message: dict[str, Any] = browser.post("/messages", json=body).get_json()["response"]
    return message


def marks(one: dict[str, Any]) -> int:
    return sum(member["deliveredSequence"] + member["readSequence"] for member in one["members"])


def test_who_knows_nothing_gets_everything_as_a_whole(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben)
    group_id = make_group(anna, ben)
    found = sync(browse(ben))
    assert [(one["receiver"], one["startOver"], one["changes"]) for one in found["conversations"]] == [
        (anna, True, []),
        (group_id, True, []),
    ]
    listed = {one["receiver"]: one for one in browse(ben).get("/conversations").get_json()["conversations"]}
    assert {one["receiver"]: one["conversation"] for one in found["conversations"]} == listed
    assert (found["userRevision"], found["more"], found["gone"]) == (2, False, [])


def test_who_knows_everything_gets_nothing(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben)
    (one,) = sync(browse(ben))["conversations"]
    query = f"?userRevision=1&direct={anna}:{one['revision']}:{marks(one)}"
    assert sync(browse(ben), query)["conversations"] == []


def test_what_was_missed_comes_in_order_and_a_row_that_changed_twice_once(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo = newcomers(3)
    group_id = make_group(anna, ben)
    say(browse(anna), group_id, "one", group=True)
    for name in ("Tea", "Coffee"):
        browse(anna).patch(f"/group/{group_id}", json={"groupName": name})
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": cleo}]})
    browse(anna).put(f"/group/{group_id}/members/{cleo}", json={"role": "admin"})
    last = say(browse(anna), group_id, "two", group=True)
    (one,) = sync(browse(ben), f"?userRevision=1&group={group_id}:1:0")["conversations"]
    told = [(change["kind"], change["revision"]) for change in one["changes"]]
    assert told == [("message", 2), ("details", 4), ("members", 6), ("message", 7)]
    assert one["changes"][1]["name"] == "Coffee"
    assert one["changes"][2]["members"] == [{"username": cleo, "role": "admin"}]
    assert one["changes"][3]["message"] == last
    assert (one["revision"], one["startOver"], one["conversation"]) == (7, False, None)


def test_a_sync_from_any_revision_has_exactly_the_newer_messages(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    alice, bob = newcomers(2)
    group_id = make_group(alice, bob)
    revisions = []
    for number in range(6):
        revisions.append(say(browse(alice), group_id, f"message {number}", group=True)["revision"])
        browse(alice).patch(f"/group/{group_id}", json={"groupName": f"Name {number}"})
    for known in range(1, revisions[-1] + 1):
        (one,) = sync(browse(bob), f"?userRevision=1&group={group_id}:{known}:0")["conversations"]
        found = [change["revision"] for change in one["changes"] if change["kind"] == "message"]
        assert found == [revision for revision in revisions if revision > known], known


def test_watermarks_alone_are_told(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben)
    (one,) = sync(browse(anna))["conversations"]
    known = f"?userRevision=1&direct={ben}:{one['revision']}"
    assert sync(browse(anna), f"{known}:{marks(one)}")["conversations"] == []
    (told,) = sync(browse(anna), f"{known}:0")["conversations"]
    assert (told["changes"], told["members"], told["readSequence"]) == ([], one["members"], 1)


def test_who_was_removed_is_told_whatever_they_know(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browse(anna).delete(f"/group/{group_id}/members/{ben}")
    gone = [{"receiver": group_id, "group": True}]
    for query in (f"?userRevision=1&group={group_id}:1:0", "?userRevision=1", f"?userRevision=2&group={group_id}:1:0"):
        found = sync(browse(ben), query)
        assert (found["gone"], found["conversations"]) == (gone, []), query
    assert sync(browse(ben), "?userRevision=2")["gone"] == []


def test_who_left_and_came_back_starts_over(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browse(anna).delete(f"/group/{group_id}/members/{ben}")
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": ben}]})
    found = sync(browse(ben), f"?userRevision=1&group={group_id}:1:0")
    assert [(one["receiver"], one["startOver"]) for one in found["conversations"]] == [(group_id, True)]
    assert found["gone"] == []


def test_who_missed_too_much_starts_over(browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_GAP", 2)
    anna, ben = newcomers(2)
    for _ in range(4):
        say(browse(anna), ben)
    for known, starts_over in ((1, True), (2, False), (9, True)):
        (one,) = sync(browse(ben), f"?userRevision=1&direct={anna}:{known}:0")["conversations"]
        assert one["startOver"] is starts_over, known
        assert len(one["changes"]) == (0 if starts_over else 2)


def test_more_than_fits_comes_in_parts(browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 3)
    anna, ben, cleo = newcomers(3)
    for name in (ben, cleo):
        for number in range(5):
            say(browse(anna), name, f"{number}")
    known, heard, rounds = {ben: 1, cleo: 1}, {ben: [], cleo: []}, 0  # type: dict[str, int], dict[str, list[str]], int
    while True:
        rounds += 1
        query = ",".join(f"{name}:{revision}:99" for name, revision in known.items())
        found = sync(browse(anna), f"?userRevision=2&direct={query}")
        for one in found["conversations"]:
            known[one["receiver"]] = one["revision"]
            heard[one["receiver"]] += [change["message"]["content"] for change in one["changes"]]
        if not found["more"]:
            break
    assert heard == {ben: ["1", "2", "3", "4"], cleo: ["1", "2", "3", "4"]}
    assert rounds > 2


def test_more_conversations_than_fit_come_in_parts(
    browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEW_CONVERSATIONS", 2)
    anna, *others = newcomers(6)
    for name in others:
        say(browse(anna), name)
    heard: list[str] = []
    known = 0
    for _ in range(3):
        found = sync(browse(anna), f"?userRevision={known}")
        heard += [one["receiver"] for one in found["conversations"]]
        known = found["userRevision"]
    assert heard == others
    assert found["more"] is False


def test_what_is_hidden_from_a_member_is_in_no_sync(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    body = {"groupName": "Quiet", "sharesHistory": False}
    group_id = browse(anna).post("/group", json=body).get_json()["newGroup"]["groupId"]
    say(browse(anna), group_id, "before", group=True)
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": ben}]})
    (one,) = sync(browse(ben))["conversations"]
    assert one["conversation"]["lastMessage"] is None
    (one,) = sync(browse(ben), f"?userRevision=1&group={group_id}:1:0")["conversations"]
    assert [change["kind"] for change in one["changes"]] == ["members"]
    assert "before" not in str(one)


def test_outsiders_learn_nothing(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben, eve = newcomers(3)
    group_id = make_group(anna, ben)
    say(browse(anna), group_id, "secret", group=True)
    found = sync(browse(eve), f"?group={group_id}:1:0&direct={anna}:1:0,nobody:1:0")
    assert found["conversations"] == []
    assert sorted(one["receiver"] for one in found["gone"]) == sorted([group_id, anna, "nobody"])


@pytest.mark.parametrize(
    "query", ["?direct=bob", "?group=1:2", "?group=1:x:0", "?direct=bob:-1:0", "?userRevision=x", "?direct=bob:1:0:0"]
)
def test_a_malformed_query_is_refused(browse: Browse, query: str) -> None:
    refusal(browse("alice").get("/sync" + query), 422, "invalid_input")


def test_it_needs_a_session(browse: Browse) -> None:
    refusal(browse(None).get("/sync"), 401, "not_signed_in")
