"""Votes reach all members in few events, and only the voters are told of their own votes."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.realtime import bursts
from tests.sync.test_removal import Person

PATIENCE_SECONDS = 30
QUESTION = {"question": "When?", "options": ["Noon", "Night"]}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, delivery_ack_window=0)


def make_group(owner: Person, *others: str, **details: Any) -> str:
    body = {"groupName": "Lunch", "users": [{"username": name} for name in others], **details}
    group_id: str = owner.http.post("/group", json=body).get_json()["newGroup"]["groupId"]
    return group_id


def ask(person: Person, receiver: str, **fields: Any) -> dict[str, Any]:
    body = {"receiver": receiver, "group": receiver.isdigit(), **QUESTION, **fields}
    message: dict[str, Any] = person.http.post("/polls", json=body).get_json()["message"]
    return message


def vote(person: Person, message: dict[str, Any], *options: int) -> None:
    answer = person.http.put(f"/message/{message['messageId']}/vote", json={"options": list(options)})
    assert answer.status_code == 200, answer.text


def polls_in(person: Person) -> list[dict[str, Any]]:
    return [one["update"]["poll"] for one in person.received("change") if one["kind"] == "update"]


@pytest.mark.parametrize("is_group", [True, False])
@pytest.mark.parametrize("is_anonymous", [True, False])
def test_only_the_voters_devices_are_told_of_a_vote(app: Flask, is_group: bool, is_anonymous: bool) -> None:
    alice, bob, phone = (Person(app, name).connect() for name in ("alice", "bob", "bob"))
    receiver = make_group(alice, "bob") if is_group else "bob"
    sent = ask(alice, receiver, isAnonymous=is_anonymous)
    vote(bob, sent, 1)
    (told,) = polls_in(alice)
    assert told["options"][1] == {"text": "Night", "votes": 1, "voters": [] if is_anonymous else ["bob"]}
    assert "mine" not in told
    assert polls_in(bob) == polls_in(phone) == [{**told, "mine": [1]}]


def test_a_new_poll_is_one_event_and_no_change(app: Flask) -> None:
    alice, bob = (Person(app, name).connect() for name in ("alice", "bob"))
    ask(alice, "bob")
    (event,) = bob.received("response")
    poll = event["response"]["poll"]
    assert (poll["question"], "mine" in poll) == ("When?", False)
    answer = bob.http.get("/sync?userRevision=99&direct=alice:0:0").get_json()["conversations"][0]
    assert answer["startOver"]
    assert polls_in(bob) == []


def test_who_was_removed_after_the_vote_is_told_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bursts, "INTERVAL_SECONDS", 0.5)
    alice, bob, carol = (Person(app, name).connect() for name in ("alice", "bob", "carol"))
    group = make_group(alice, "bob", "carol")
    sent = ask(alice, group)
    vote(alice, sent, 0)
    assert len(polls_in(bob)) == 1
    vote(bob, sent, 1)
    assert alice.http.delete(f"/group/{group}/members/bob").status_code == 200
    deadline = time.monotonic() + PATIENCE_SECONDS
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["voterCount"] < 2:
        seen += polls_in(carol)
        assert time.monotonic() < deadline
        time.sleep(0.02)
    vote(carol, sent, 1)
    time.sleep(2 * bursts.INTERVAL_SECONDS)
    assert [poll for poll in polls_in(bob) if poll["voterCount"] > 2] == []


def test_votes_that_follow_each_other_come_as_few_events(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # On a busy machine thirty requests take seconds.
    monkeypatch.setattr(bursts, "INTERVAL_SECONDS", 1.0)
    alice, bob = (Person(app, name).connect() for name in ("alice", "bob"))
    sent = ask(alice, "bob")
    started = time.monotonic()
    for number in range(31):
        vote(bob, sent, number % 2)
    events: list[dict[str, Any]] = []
    last = sent["revision"] + 31
    while not events or events[-1]["revision"] < last:
        events += [one for one in alice.received("change") if one["kind"] == "update"]
        assert time.monotonic() < started + PATIENCE_SECONDS, "the last vote has not arrived"
        time.sleep(0.02)
    assert [option["votes"] for option in events[-1]["update"]["poll"]["options"]] == [1, 0]
    assert len(events) <= 2 + (time.monotonic() - started) / bursts.INTERVAL_SECONDS
    assert len(events) < 16
