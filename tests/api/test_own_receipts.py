"""Read receipts and last seen: who sees what of whom, and switching them off in both directions."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from chatapp.extensions import db
from chatapp.journal import Transaction
from chatapp.journal.drafts import Watermark
from chatapp.models import User
from tests.api.error_bodies import refusal
from tests.api.personal_calls import Browse, MakeGroup, Newcomers, listed, say, sync
from tests.conftest import Browser


def mark_read(app: Flask, conversation: dict[str, Any], username: str, sequence: int) -> None:
    """As the socket's `markRead`, whose watermarks the journal writes."""
    journal = app.extensions["chatapp.journal"]
    with app.app_context():
        user_id = db.session.scalar(select(User.id).where(User.username == username))
        conversation_id = int(conversation["lastMessage"]["messageId"].partition("-")[0])
    assert user_id is not None
    mark = {(conversation_id, user_id): Watermark(sequence, sequence)}
    journal.set_watermark_source(lambda: {**mark})
    journal.schedule_watermarks()
    journal.flush_watermarks()
    journal.set_watermark_source(dict)


def reads(browser: Browser, receiver: str) -> dict[str, int | None]:
    return {one["username"]: one["readSequence"] for one in listed(browser)[receiver]["members"]}


def receipts(browser: Browser, receiver: str, sequence: int, *, group: bool = False) -> Any:
    kind = "yes" if group else "no"
    return browser.get(f"/receipts?receiver={receiver}&group={kind}&sequence={sequence}")


def test_read_receipts_can_be_switched_off_for_both_directions(
    app: Flask, browse: Browse, newcomers: Newcomers
) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one", "two")
    say(browse(ben), anna, "three")
    for who in (anna, ben):
        mark_read(app, listed(browse(anna))[ben], who, 3)
    assert reads(browse(anna), ben) == {anna: 3, ben: 3}
    before = sync(browse(anna))["conversations"][0]
    known = sum(one["deliveredSequence"] + one["readSequence"] for one in before["members"])
    query = f"?userRevision=1&direct={ben}:3:{known}"
    assert sync(browse(anna), query)["conversations"] == []
    for who in (anna, ben):
        answer = browse(who).patch("/settings", json={"sharesReads": False})
        assert answer.get_json()["settings"]["sharesReads"] is False
        assert reads(browse(anna), ben) == {anna: 3, ben: None}
        assert reads(browse(ben), anna) == {anna: None, ben: 3}
        (told,) = sync(browse(anna), query)["conversations"]
        assert {one["username"]: one["readSequence"] for one in told["members"]} == {anna: 3, ben: None}
        (found,) = receipts(browse(anna), ben, 1).get_json()["receipts"]
        assert (found["read"], found["showsReads"], found["delivered"] is not None) == (None, False, True)
        delivered = sum(one["deliveredSequence"] for one in told["members"])
        assert sync(browse(anna), f"?userRevision=9&direct={ben}:3:{delivered + 3 + 2**40}")["conversations"] == []
        browse(who).patch("/settings", json={"sharesReads": True})
        assert reads(browse(anna), ben) == {anna: 3, ben: 3}


def test_receipts_of_a_group_message_say_who_and_when(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo, late = newcomers(4)
    group_id = make_group(anna, ben, cleo)
    say(browse(anna), group_id, "one", "two", "three", group=True)
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": late}]})
    conversation = listed(browse(anna))[group_id]
    mark_read(app, conversation, ben, 1)
    mark_read(app, conversation, ben, 3)
    found = {
        sequence: {
            one["username"]: one
            for one in receipts(browse(anna), group_id, sequence, group=True).get_json()["receipts"]
        }
        for sequence in (1, 2, 3)
    }
    assert set(found[1]) == {ben, cleo}, "who joined later was not there"
    assert [found[sequence][ben]["read"]["isExact"] for sequence in (1, 2, 3)] == [False, True, True]
    assert found[1][ben]["read"]["at"] == found[3][ben]["read"]["at"]
    assert (found[2][cleo]["delivered"], found[2][cleo]["read"], found[2][cleo]["showsReads"]) == (None, None, True)
    refusal(receipts(browse(ben), group_id, 1, group=True), 403, "forbidden")
    refusal(receipts(browse("mallory"), group_id, 1, group=True), 403, "not_a_member")
    refusal(receipts(browse(anna), group_id, 4, group=True), 404, "not_found")
    refusal(receipts(browse(anna), ben, 1), 404, "not_found")
    refusal(browse(anna).get(f"/receipts?receiver={ben}&sequence=x"), 422, "invalid_input")
    refusal(receipts(browse(None), group_id, 1, group=True), 401, "not_signed_in")


def test_last_seen_can_be_switched_off_for_both_directions(app: Flask, browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)

    def write(transaction: Transaction) -> None:
        at = datetime(2026, 1, 31, 12, tzinfo=UTC)
        transaction.session.execute(update(User).where(User.username.in_([anna, ben])).values(last_seen_at=at))

    app.extensions["chatapp.journal"].write(write)

    def seen(by: str, whom: str) -> Any:
        users = browse(by).get(f"/all/{by}").get_json()["users"]
        return next(one["lastSeen"] for one in users if one["username"] == whom)

    assert seen(anna, ben) == seen(ben, anna) == "2026-01-31T12:00:00.000Z"
    open_list = browse(None).get("/users").get_json()["users"]
    assert {one["lastSeen"] for one in open_list} == {None}
    for who in (anna, ben):
        browse(who).patch("/settings", json={"sharesLastSeen": False})
        assert (seen(anna, ben), seen(ben, anna)) == (None, None)
        browse(who).patch("/settings", json={"sharesLastSeen": True})
    assert seen(anna, ben) is not None
