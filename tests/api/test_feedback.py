"""What a reaction or a vote answers is the message as its reader finds it in the history, also in a shared reading."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from chatapp.actions import feedback
from chatapp.models.membership import MEMBER, OWNER
from tests.conftest import Browser
from tests.people import wait_until

Browse = Callable[[str | None], Browser]
CastOfFour = tuple[str, dict[str, str]]


def send(browser: Browser, group: str, content: str, **fields: Any) -> dict[str, Any]:
    answer = browser.post("/messages", json={"receiver": group, "group": True, "content": content, **fields})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.get_json()["response"]
    return message


def stored(browser: Browser, me: str, receiver: str, sequence: int, *, is_group: bool = True) -> dict[str, Any]:
    path = f"/messages/{me}/{receiver}?group={'yes' if is_group else 'no'}"
    found: dict[str, Any] = next(one for one in browser.get(path).get_json() if one["sequence"] == sequence)
    return found


def react(browser: Browser, message: dict[str, Any], emoji: str, *, is_on: bool = True) -> dict[str, Any]:
    answer = browser.post(f"/message/{message['messageId']}/reactions", json={"emoji": emoji, "on": is_on})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.get_json()["message"]
    return changed


@pytest.fixture
def blocked(app: Flask) -> Callable[[list[Callable[[], Any]]], list[Any]]:
    """`blocked(calls)` makes the calls at once, while the journal is busy: their writes are one batch."""
    journal = app.extensions["chatapp.journal"]

    def run(calls: list[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(calls)) as pool:
            answers = journal.write(lambda _transaction: _when_queued(journal, pool, calls))
            return [answer.result(15) for answer in answers]

    return run


def _when_queued(journal: Any, pool: ThreadPoolExecutor, calls: list[Callable[[], Any]]) -> list[Any]:
    answers = [pool.submit(call) for call in calls]
    wait_until(lambda: len(journal._drafts) == len(calls), "the calls wait for the journal")
    return answers


def test_the_callers_of_one_batch_each_see_their_own(
    browse: Browse,
    cast_of_four: CastOfFour,
    blocked: Callable[[list[Callable[[], Any]]], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group, names = cast_of_four
    owner, member = names[OWNER], names[MEMBER]
    one, two = browse(owner), browse(member)
    message = send(one, group, "@here, who comes?")
    readings: list[Any] = []
    read = feedback._read
    monkeypatch.setattr(feedback, "_read", lambda *values: readings.append(read(*values)) or readings[-1])
    answers = blocked([lambda: react(one, message, "👍"), lambda: react(two, message, "🎉")])
    assert len(readings) == 1
    assert answers == [stored(one, owner, group, 1), stored(two, member, group, 1)]
    assert [[(kind["emoji"], kind["mine"]) for kind in answer["reactions"]] for answer in answers] in (
        [[("👍", True), ("🎉", False)], [("👍", False), ("🎉", True)]],
        [[("🎉", False), ("👍", True)], [("🎉", True), ("👍", False)]],
    )


def test_a_vote_answers_with_the_votes_of_the_reader(browse: Browse, cast_of_four: CastOfFour) -> None:
    group, names = cast_of_four
    owner, member = names[OWNER], names[MEMBER]
    one, two = browse(owner), browse(member)
    body = {"receiver": group, "group": True, "question": "When?", "options": ["today", "never"], "isMultiple": True}
    poll = one.post("/polls", json=body).get_json()["message"]
    one.put(f"/message/{poll['messageId']}/vote", json={"options": [0, 1]})
    answer = two.put(f"/message/{poll['messageId']}/vote", json={"options": [1]}).get_json()["message"]
    assert answer == stored(two, member, group, 1)
    assert (answer["poll"]["mine"], answer["poll"]["voterCount"]) == ([1], 2)
    assert react(one, poll, "👍")["poll"]["mine"] == [0, 1]
    assert react(one, poll, "👍") == stored(one, owner, group, 1)


def test_an_answer_hides_what_its_reader_may_not_see(browse: Browse, cast_of_four: CastOfFour) -> None:
    group, names = cast_of_four
    owner, late = names[OWNER], names["outsider"]
    one, two = browse(owner), browse(late)
    one.patch(f"/group/{group}", json={"sharesHistory": False})
    send(one, group, "secret")
    one.post(f"/group/{group}/members", json={"users": [{"username": late}]})
    answering = send(one, group, "yes", replyTo=1)
    assert react(two, answering, "👍") == stored(two, late, group, 2)
    assert react(two, answering, "👍")["replyTo"] == {"sequence": 1, "sender": None, "content": None}
    assert react(one, answering, "👍") == stored(one, owner, group, 2)
    assert react(one, answering, "👍")["replyTo"]["content"] == "secret"


def test_a_private_message_answers_as_it_is_stored(browse: Browse, newcomers: Callable[[int], list[str]]) -> None:
    first, second = newcomers(2)
    one, two = browse(first), browse(second)
    sent = one.post("/messages", json={"receiver": second, "content": "hello"}).get_json()["response"]
    assert react(two, sent, "👍") == stored(two, second, first, 1, is_group=False)
    assert "reactions" not in react(two, sent, "👍", is_on=False)
