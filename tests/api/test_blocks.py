"""PUT /block and GET /blocks: people of whom one blocks the other."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]


@pytest.fixture
def pair(newcomers: Newcomers, browse: Browse) -> tuple[tuple[str, Browser], tuple[str, Browser]]:
    first, second = newcomers(2)
    return (first, browse(first)), (second, browse(second))


def send(browser: Browser, receiver: str, *, group: bool = False, **more: Any) -> Any:
    return browser.post("/messages", json={"receiver": receiver, "group": group, "content": "hello", **more})


def block(browser: Browser, username: str, *, on: bool = True) -> dict[str, Any]:
    answer = browser.put(f"/block/{username}", json={"on": on})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()["block"]
    return found


@pytest.mark.parametrize("has_spoken", [True, False])
@pytest.mark.parametrize("blocker", [0, 1])
def test_neither_writes_to_the_other_until_the_block_ends(pair: Any, has_spoken: bool, blocker: int) -> None:
    (me, mine), (other, theirs) = pair
    if has_spoken:
        assert send(mine, other).status_code == 200
    names, browsers = (me, other), (mine, theirs)
    block(browsers[blocker], names[1 - blocker])
    for browser, receiver in ((mine, other), (theirs, me)):
        refusal(send(browser, receiver), 403, "blocked")
    assert len(mine.get(f"/messages/{me}/{other}").get_json()) == has_spoken
    block(browsers[blocker], names[1 - blocker], on=False)
    assert (send(mine, other).status_code, send(theirs, me).status_code) == (200, 200)


def test_of_two_blocks_the_last_one_ends_it(pair: Any) -> None:
    (me, mine), (other, theirs) = pair
    send(mine, other)
    block(mine, other)
    block(theirs, me)
    block(mine, other, on=False)
    refusal(send(mine, other), 403, "blocked")
    block(theirs, me, on=False)
    assert send(mine, other).status_code == 200


def test_a_retry_of_what_was_stored_before_is_answered_as_before(pair: Any) -> None:
    (me, mine), (other, theirs) = pair
    more = {"clientId": "0b9f2f3c-8a50-4d4e-9d0a-0d1a2f1f7a11"}
    first = send(mine, other, **more).get_json()["response"]
    block(theirs, me)
    assert send(mine, other, **more).get_json()["response"]["messageId"] == first["messageId"]
    refusal(send(mine, other), 403, "blocked")


def test_others_and_shared_groups_are_not_concerned(
    pair: Any, newcomers: Newcomers, browse: Browse, make_group: Callable[..., str]
) -> None:
    (me, mine), (other, theirs) = pair
    (third,) = newcomers(1)
    group = make_group(third, me, other)
    block(mine, other)
    assert send(mine, third).status_code == send(theirs, third).status_code == 200
    assert send(theirs, group, group=True).status_code == send(browse(third), me).status_code == 200


def test_old_messages_are_not_changed_but_deleted_by_their_senders(pair: Any) -> None:
    (me, mine), (other, theirs) = pair
    message = send(theirs, me).get_json()["response"]["messageId"]
    block(mine, other)
    refusal(theirs.patch(f"/message/{message}", json={"content": "worse"}), 403, "blocked")
    refusal(theirs.post(f"/message/{message}/reactions", json={"emoji": "👎"}), 403, "blocked")
    refusal(theirs.put(f"/message/{message}/pin", json={"on": True}), 403, "blocked")
    assert theirs.delete(f"/message/{message}").status_code == 200


def test_a_thread_of_their_conversation_takes_no_messages_either(pair: Any) -> None:
    (me, mine), (other, theirs) = pair
    root = send(theirs, me).get_json()["response"]["messageId"]
    thread = mine.post(f"/message/{root}/thread", json={}).get_json()["thread"]["receiver"]
    assert send(mine, thread, group=True).status_code == 200
    block(mine, other)
    refusal(send(mine, thread, group=True), 403, "blocked")


def test_nobody_is_put_into_a_group_by_somebody_whom_they_block(
    pair: Any, newcomers: Newcomers, make_group: Callable[..., str]
) -> None:
    (me, mine), (other, theirs) = pair
    (third,) = newcomers(1)
    block(mine, other)
    body = {"groupName": "Trap", "users": [{"username": me}, {"username": third}]}
    assert refusal(theirs.post("/group", json=body), 403, "blocked")["details"] == {"usernames": [me]}
    group = make_group(other, third)
    answer = theirs.post(f"/group/{group}/members", json={"users": [{"username": me}]})
    assert refusal(answer, 403, "blocked")["details"] == {"usernames": [me]}
    assert mine.post("/group", json={"groupName": "Mine", "users": [{"username": other}]}).status_code == 200


def test_a_person_sees_whom_they_block_and_nobody_else_does(pair: Any) -> None:
    (_, mine), (other, theirs) = pair
    assert block(mine, other, on=False) == {"username": other, "blocked": False, "userRevision": 0}
    first = block(mine, other)
    assert block(mine, other) == first, "a retry takes no revision"
    assert mine.get("/blocks").get_json() == {"blocks": [first]}
    assert theirs.get("/blocks").get_json() == {"blocks": []}
    assert block(mine, other, on=False)["userRevision"] == first["userRevision"] + 1
    assert mine.get("/blocks").get_json() == {"blocks": []}


def test_only_others_who_exist_are_blocked(pair: Any, browse: Browse) -> None:
    (me, mine), (other, _) = pair
    refusal(mine.put(f"/block/{me}", json={}), 422, "invalid_input")
    refusal(mine.put("/block/nobody-of-this-name", json={}), 404, "not_found")
    refusal(mine.put(f"/block/{other}", json={"on": "yes"}), 422, "invalid_input")
    refusal(browse(None).put(f"/block/{other}", json={}), 401, "not_signed_in")
