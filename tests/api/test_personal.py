"""Preferences for a conversation, and settings: set, read back, refused."""

from typing import Any

import pytest

from tests.api.error_bodies import refusal
from tests.api.personal_calls import Browse, MakeGroup, Newcomers, listed, say, sync
from tests.conftest import Browser

HOURS = {"from": "22:00", "to": "07:30", "days": [1, 5], "timeZone": "Europe/Berlin"}


def prefer(browser: Browser, receiver: str, *, group: bool = False, **changes: Any) -> Any:
    return browser.patch("/preferences", json={"receiver": receiver, "group": group, **changes})


def test_a_muted_conversation_is_muted_for_its_user_alone(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    answer = prefer(browse(ben), group_id, group=True, level="none")
    assert answer.get_json() == {"preferences": {"level": "none", "unreadFrom": None, "userRevision": 2}}
    assert listed(browse(ben))[group_id]["preferences"]["level"] == "none"
    assert listed(browse(anna))[group_id]["preferences"] == {"level": "default", "unreadFrom": None, "userRevision": 0}


def test_a_repetition_changes_nothing(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    first, second = (prefer(browse(anna), ben, level="none").get_json() for _ in range(2))
    assert first == second
    assert sync(browse(anna))["userRevision"] == 1
    first, second = (browse(anna).patch("/settings", json={"doNotDisturb": HOURS}).get_json() for _ in range(2))
    assert first == second
    assert sync(browse(anna))["userRevision"] == 2


def test_what_is_marked_as_unread_counts_until_the_mark_is_taken_away(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one", "two", "three")
    say(browse(ben), anna, "I have read that")
    assert listed(browse(ben))[anna]["unread"] == 0
    assert prefer(browse(ben), anna, unreadFrom=2).status_code == 200
    found = listed(browse(ben))[anna]
    assert (found["unread"], found["preferences"]["unreadFrom"]) == (3, 2)
    prefer(browse(ben), anna, level="none")
    assert listed(browse(ben))[anna]["unread"] == 3, "what is not given stays"
    assert prefer(browse(ben), anna, unreadFrom=None).get_json()["preferences"]["unreadFrom"] is None
    assert listed(browse(ben))[anna]["unread"] == 0
    assert listed(browse(anna))[ben]["preferences"]["userRevision"] == 0


def test_preferences_for_somebody_without_messages_are_there_before_the_first_one(
    browse: Browse, newcomers: Newcomers
) -> None:
    anna, ben = newcomers(2)
    assert prefer(browse(ben), anna, level="none").status_code == 200
    assert listed(browse(ben)) == {}
    say(browse(anna), ben, "hello")
    assert listed(browse(ben))[anna]["preferences"]["level"] == "none"
    assert prefer(browse(ben), ben, level="none").status_code == 200, "notes to oneself"


def test_settings_are_read_back_and_switched_off(browse: Browse, newcomers: Newcomers) -> None:
    (anna,) = newcomers(1)
    browser = browse(anna)
    assert browser.get("/settings").get_json()["settings"]["doNotDisturb"] is None
    answer = browser.patch("/settings", json={"doNotDisturb": HOURS})
    assert answer.get_json()["settings"]["doNotDisturb"] == HOURS
    assert browser.patch("/settings", json={}).get_json() == answer.get_json()
    assert browser.get("/settings").get_json() == answer.get_json()
    assert browser.patch("/settings", json={"doNotDisturb": None}).get_json()["settings"]["doNotDisturb"] is None


def test_a_sync_has_what_changed_since(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browser = browse(ben)
    prefer(browser, group_id, group=True, level="none")
    browser.patch("/settings", json={"doNotDisturb": HOURS})
    prefer(browser, anna, level="none")
    prefer(browser, group_id, group=True, level="all")
    found = sync(browser, "?userRevision=2")
    assert [(one["kind"], one.get("receiver"), one["userRevision"]) for one in found["changes"]] == [
        ("settings", None, 3),
        ("preferences", anna, 4),
        ("preferences", group_id, 5),
    ]
    assert found["changes"][2]["preferences"]["level"] == "all"
    assert found["userRevision"] == 5
    assert sync(browser, "?userRevision=5")["changes"] == []


def test_more_changes_than_fit_into_an_answer_come_in_parts(
    browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatapp.actions import personal_changes

    names = newcomers(4)
    browser = browse(names[0])
    for name in names[1:]:
        prefer(browser, name, level="none")
    browser.patch("/settings", json={"doNotDisturb": HOURS})
    monkeypatch.setattr(personal_changes, "PAGE_SIZE", 2)
    monkeypatch.setattr(personal_changes, "PREFERENCES", personal_changes.PREFERENCES.limit(2))
    known, kinds = 0, []
    while True:
        found = sync(browser, f"?userRevision={known}")
        kinds += [(one["kind"], one["userRevision"]) for one in found["changes"]]
        known = found["userRevision"]
        if not found["more"]:
            break
    assert kinds == [("preferences", 1), ("preferences", 2), ("preferences", 3), ("settings", 4)]


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "some"},
        {"level": 1},
        {"unreadFrom": 0},
        {"unreadFrom": 2**63},
        {"unreadFrom": "1"},
        {"unreadFrom": 1},
        {"receiver": None},
    ],
)
def test_invalid_preferences_are_refused(browse: Browse, newcomers: Newcomers, changes: dict[str, Any]) -> None:
    anna, ben = newcomers(2)
    body = {"receiver": ben, "group": False, **changes}
    refusal(browse(anna).patch("/preferences", json=body), 422, "invalid_input")
    assert prefer(browse(anna), ben, level="none").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "24:00"},
        {"from": "7:00"},
        {"to": "22:00"},
        {"days": []},
        {"days": [0]},
        {"days": [8]},
        {"days": ["1"]},
        {"timeZone": "../../etc"},
        {"timeZone": "x" * 65},
        {"timeZone": None},
    ],
)
def test_invalid_hours_are_refused(browse: Browse, changes: dict[str, Any]) -> None:
    body = {"doNotDisturb": {**HOURS, **changes}}
    refusal(browse("alice").patch("/settings", json=body), 422, "invalid_input")


def test_outsiders_and_unknown_receivers_are_refused(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, _ = newcomers(2)
    group_id = make_group(anna)
    refusal(prefer(browse("mallory"), group_id, group=True, level="none"), 403, "not_a_member")
    refusal(prefer(browse(anna), "999999999", group=True, level="none"), 404, "not_found")
    refusal(prefer(browse(anna), "nobody", level="none"), 404, "not_found")
    refusal(prefer(browse(None), anna, level="none"), 401, "not_signed_in")
    refusal(browse(None).get("/settings"), 401, "not_signed_in")
    refusal(browse(None).patch("/settings", json={}), 401, "not_signed_in")
