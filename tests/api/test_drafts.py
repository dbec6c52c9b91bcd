"""Drafts: kept for a person's other devices, and never overwritten unseen."""

from typing import Any

from tests.api.error_bodies import refusal
from tests.api.personal_calls import Browse, MakeGroup, Newcomers, sync
from tests.conftest import Browser


def save(browser: Browser, receiver: str, content: str, *, group: bool = False, **more: Any) -> Any:
    return browser.put("/draft", json={"receiver": receiver, "group": group, "content": content, **more})


def test_a_draft_is_kept_for_the_other_devices_until_it_is_emptied(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browser = browse(ben)
    assert save(browser, anna, "half a").get_json() == {"draft": {"content": "half a", "userRevision": 2}}
    assert save(browser, anna, "half a", known=0).get_json()["draft"]["userRevision"] == 2, "a repetition"
    save(browser, group_id, " in a group\r\n", group=True)
    save(browser, anna, "half a sentence", known=2)
    found = [(one["receiver"], one["draft"]["content"]) for one in sync(browser)["changes"]]
    assert found == [(group_id, " in a group\n"), (anna, "half a sentence")]
    assert sync(browse(anna))["changes"] == []
    assert save(browser, anna, "").get_json()["draft"]["content"] == ""
    (told,) = sync(browser, "?userRevision=4")["changes"]
    assert (told["kind"], told["receiver"], told["draft"]["content"]) == ("draft", anna, "")


def test_a_draft_that_another_device_changed_is_not_overwritten(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    save(browser, ben, "on the phone")
    error = refusal(save(browser, ben, "on the laptop", known=0), 409, "draft_changed")
    assert error["details"] == {"draft": {"content": "on the phone", "userRevision": 1}}
    assert sync(browser)["userRevision"] == 1, "nothing of it is stored"
    assert save(browser, ben, "on the laptop", known=1).get_json()["draft"]["userRevision"] == 2


def test_invalid_drafts_are_refused(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    for content in ("x" * 65_537, "ä" * 40_000, "\x00", None, 7):
        body = {"receiver": ben, "content": content}
        refusal(browse(anna).put("/draft", json=body), 422, "invalid_input")
    assert save(browse(anna), ben, "ä" * 32_000).status_code == 200
    refusal(save(browse("mallory"), make_group(anna), "x", group=True), 403, "not_a_member")
    refusal(save(browse(anna), "nobody", "x"), 404, "not_found")
    refusal(save(browse(None), ben, "x"), 401, "not_signed_in")
