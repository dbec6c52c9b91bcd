"""Topic, description and settings of a group, and who writes in an announcement group."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]

DETAILS = {
    "topic": "Every second Sunday",
    "description": "We meet at the boat house.\n\nBring a hat.",
    "sharesHistory": False,
    "isPublic": True,
    "writers": "admins",
    "pinners": "admins",
}


def details_of(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: wire[name] for name in DETAILS}


def say(browser: Browser, group_id: str, content: str, **extra: Any) -> Any:
    return browser.post("/messages", json={"receiver": group_id, "group": True, "content": content, **extra})


def test_details_are_in_every_answer_about_the_group(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    body = {"groupName": "Rowing", "users": [{"username": ben}], **DETAILS}
    made = browse(anna).post("/group", json=body).get_json()["newGroup"]
    (listed,) = browse(ben).get("/conversations").get_json()["conversations"]
    (everything,) = browse(ben).get(f"/all/{ben}").get_json()["groups"]
    (synced,) = browse(ben).get("/sync").get_json()["conversations"]
    shown = browse(ben).get(f"/group/{made['groupId']}").get_json()["group"]
    for wire in (made, listed, everything, synced["conversation"], shown):
        assert details_of(wire) == DETAILS


def test_details_are_changed_one_by_one_and_a_sync_has_all_of_them(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    for number, (name, value) in enumerate(DETAILS.items()):
        for _ in range(2):
            answer = browse(anna).patch(f"/group/{group_id}", json={name: value}).get_json()["group"]
            assert (answer[name], answer["revision"]) == (value, number + 2), "a repetition takes no revision"
    (synced,) = browse(ben).get(f"/sync?userRevision=1&group={group_id}:1:0").get_json()["conversations"]
    (change,) = synced["changes"]
    assert (change["kind"], change["revision"]) == ("details", 7)
    assert details_of(change) == DETAILS
    nothing = browse(anna).patch(f"/group/{group_id}", json=dict.fromkeys(DETAILS)).get_json()["group"]
    assert details_of(nothing) == DETAILS
    emptied = browse(anna).patch(f"/group/{group_id}", json={"topic": "", "description": "  \n\u200b"})
    assert (emptied.get_json()["group"]["topic"], emptied.get_json()["group"]["description"]) == ("", "")


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("topic", "x" * 250, "x" * 250),
        ("topic", "  e\u0301 ", "é"),
        ("topic", "\u2800", ""),
        ("description", "😀" * 2_000, "😀" * 2_000),
        ("description", "\none\r\n\ttwo\n", "one\n\ttwo"),
    ],
)
def test_texts_are_kept_as_one_line_and_as_lines(
    browse: Browse, make_group: MakeGroup, field: str, value: str, kept: str
) -> None:
    group_id = make_group("alice")
    answer = browse("alice").patch(f"/group/{group_id}", json={field: value})
    assert answer.get_json()["group"][field] == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("topic", value) for value in ("x" * 251, "a\nb", "a\tb", "a\x00b", 7, ["x"])),
        *(("description", value) for value in ("x" * 2_001, "a\x00b", 7)),
        *((field, value) for field in ("writers", "pinners") for value in ("nobody", "", "owner", True)),
        *(("isPublic", value) for value in ("yes", 1)),
    ],
)
def test_an_invalid_detail_is_422_and_nothing_is_changed(
    browse: Browse, make_group: MakeGroup, field: str, value: Any
) -> None:
    group_id, alice = make_group("alice"), browse("alice")
    before = alice.get(f"/group/{group_id}").get_json()
    body = {"groupName": "Other", field: value}
    error = refusal(alice.patch(f"/group/{group_id}", json=body), 422, "invalid_input")
    assert list(error["details"]["fields"]) == [field]
    refusal(alice.post("/group", json=body), 422, "invalid_input")
    assert alice.get(f"/group/{group_id}").get_json() == before


def test_in_an_announcement_group_owners_and_admins_write_until_the_setting_changes(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    owner, admin, member = newcomers(3)
    group_id = make_group(owner, admin, member)
    browse(owner).put(f"/group/{group_id}/members/{admin}", json={"role": "admin"})
    sent_before = str(uuid.uuid4())
    first = say(browse(member), group_id, "before", clientId=sent_before).get_json()["response"]
    browse(owner).patch(f"/group/{group_id}", json={"writers": "admins"})
    error = refusal(say(browse(member), group_id, "me too"), 403, "only_admins_write")
    assert error["details"] == {"receiver": group_id, "role": "member"}
    repeat = say(browse(member), group_id, "before", clientId=sent_before).get_json()["response"]
    assert repeat["messageId"] == first["messageId"], "what was stored before is still answered as it was"
    for name in (owner, admin):
        assert say(browse(name), group_id, f"from {name}").status_code == 200
    browse(owner).put(f"/group/{group_id}/members/{admin}", json={"role": "member"})
    refusal(say(browse(admin), group_id, "no more"), 403, "only_admins_write")
    browse(owner).patch(f"/group/{group_id}", json={"writers": "everybody"})
    assert say(browse(member), group_id, "after").status_code == 200
    contents = [one["content"] for one in browse(owner).get(f"/messages/{owner}/{group_id}?group=yes").get_json()]
    assert contents == ["before", f"from {owner}", f"from {admin}", "after"]
