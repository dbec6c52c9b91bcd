"""Who owns a group after its last owner was removed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.audit import lines_after
from chatapp.actions.removal_steps import continue_removal
from chatapp.models.membership import ADMIN, MEMBER, OWNER
from chatapp.models.user import BOT, GUEST
from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.api.group_calls import named, show
from tests.conftest import Browser
from tests.removal_rows import removals_under_way

MakeGroup = Callable[..., str]
Remove = Callable[[str], None]


@pytest.fixture
def remove(app: Flask, admin: Browser) -> Remove:
    """`remove(name)` removes a person with all steps."""

    def removed(name: str) -> None:
        assert admin.post(f"/admin/people/{name}/removal", json={"messages": "keep"}).status_code == 200
        with app.app_context():
            for user_id in removals_under_way():
                while continue_removal(app.extensions["chatapp.journal"], user_id):
                    pass

    return removed


def _roles(browser: Browser, group_id: str) -> dict[str, str]:
    return {one["username"]: one["role"] for one in show(browser, group_id)["members"]}


def _give(browser: Browser, group_id: str, name: str, role: str) -> None:
    assert browser.put(f"/group/{group_id}/members/{name}", json={"role": role}).status_code == 200


def _changes(browser: Browser, group_id: str, revision: int) -> list[dict[str, Any]]:
    answer = browser.get(f"/sync?userRevision=999999&group={group_id}:{revision}:0").get_json()
    (told,) = answer["conversations"]
    changes: list[dict[str, Any]] = told["changes"]
    return changes


def test_the_admin_who_joined_first_is_the_next_owner_and_everybody_is_told(
    app: Flask, browse: Browse, person: Add, make_group: MakeGroup, remove: Remove
) -> None:
    owner, oldest, second, first, last = (person() for _ in range(5))
    group_id = make_group(owner)
    for name in (oldest, first, second, last):
        assert browse(owner).post(f"/group/{group_id}/members", json=named(name)).status_code == 200
    for name in (last, second, first):
        _give(browse(owner), group_id, name, ADMIN)
    before = show(browse(oldest), group_id)["revision"]
    remove(owner)
    assert _roles(browse(oldest), group_id) == {oldest: MEMBER, first: OWNER, second: ADMIN, last: ADMIN}
    (told,) = _changes(browse(oldest), group_id, before)
    assert told["kind"] == "members"
    assert {one["username"]: one["role"] for one in told["members"] if one["role"] is not None} == {first: OWNER}
    assert [one["role"] for one in told["members"]].count(None) == 1, "the removed one"
    with app.app_context():
        lines = [line for line in lines_after(0) if line.target == group_id]
    details = {"user": first, "role": OWNER, "because": "owner_removed"}
    assert (lines[-1].kind, lines[-1].actor, lines[-1].details) == ("member_role_changed", "", details)
    assert browse(first).patch(f"/group/{group_id}", json={"retentionDays": 3}).status_code == 200


def test_without_an_admin_it_is_the_member_who_joined_first_and_whose_account_is_open(
    admin: Browser, browse: Browse, person: Add, make_group: MakeGroup, remove: Remove
) -> None:
    owner, guest, bot = person(), person(GUEST), person(BOT)
    suspended, closed, heir, last = (person() for _ in range(4))
    group_id = make_group(owner)
    for name in (guest, bot, suspended, closed, heir, last):
        assert browse(owner).post(f"/group/{group_id}/members", json=named(name)).status_code == 200
    _give(browse(owner), group_id, closed, ADMIN)
    assert admin.put(f"/admin/people/{suspended}/suspension", json={"hours": 1}).status_code == 200
    assert admin.patch(f"/admin/people/{closed}", json={"isActive": False}).status_code == 200
    remove(owner)
    expected = {guest: MEMBER, bot: MEMBER, suspended: MEMBER, closed: ADMIN, heir: OWNER, last: MEMBER}
    assert _roles(browse(heir), group_id) == expected


def test_another_owner_stays_the_only_one_and_a_removed_member_changes_no_role(
    browse: Browse, person: Add, make_group: MakeGroup, remove: Remove
) -> None:
    owner, other, member = person(), person(), person()
    group_id = make_group(owner, other, member)
    _give(browse(owner), group_id, other, OWNER)
    remove(owner)
    assert _roles(browse(other), group_id) == {other: OWNER, member: MEMBER}
    remove(member)
    assert _roles(browse(other), group_id) == {other: OWNER}


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_owners_who_are_removed_at_once_the_later_one_passes_it_on(
    app: Flask, admin: Browser, browse: Browse, person: Add, make_group: MakeGroup, first: int
) -> None:
    owners, member = [person(), person()], person()
    group_id = make_group(*owners, member)
    _give(browse(owners[0]), group_id, owners[1], OWNER)
    for name in owners:
        assert admin.post(f"/admin/people/{name}/removal", json={"messages": "keep"}).status_code == 200
    with app.app_context():
        under_way = removals_under_way()[-2:]
        journal = app.extensions["chatapp.journal"]
        while continue_removal(journal, under_way[first]):
            pass
        assert OWNER in _roles(browse(member), group_id).values()
        while continue_removal(journal, under_way[1 - first]):
            pass
    assert _roles(browse(member), group_id) == {member: OWNER}


def test_who_leaves_after_the_other_owner_began_to_be_removed_leaves_no_group_without_an_owner(
    app: Flask, admin: Browser, browse: Browse, person: Add, make_group: MakeGroup, remove: Remove
) -> None:
    owner, other, member = person(), person(), person()
    group_id = make_group(owner, other, member)
    _give(browse(owner), group_id, other, OWNER)
    assert admin.post(f"/admin/people/{other}/removal", json={"messages": "keep"}).status_code == 200
    assert browse(owner).delete(f"/group/{group_id}/members/{owner}").status_code == 200
    with app.app_context():
        (user_id,) = removals_under_way()
        while continue_removal(app.extensions["chatapp.journal"], user_id):
            pass
    assert _roles(browse(member), group_id) == {member: OWNER}


def test_where_nobody_may_lead_an_administrator_appoints_an_owner(
    admin: Browser, browse: Browse, person: Add, make_group: MakeGroup, remove: Remove
) -> None:
    owner, guest, other = person(), person(GUEST), person()
    group_id = make_group(owner, guest)
    remove(owner)
    assert _roles(browse(guest), group_id) == {guest: MEMBER}
    assert admin.put(f"/admin/groups/{group_id}/owner", json={"username": other}).status_code == 200
    assert _roles(browse(guest), group_id) == {guest: MEMBER, other: OWNER}


def test_a_group_of_one_is_deleted_with_its_owner(
    admin: Browser, person: Add, make_group: MakeGroup, remove: Remove
) -> None:
    owner, other = person(), person()
    group_id = make_group(owner)
    remove(owner)
    refusal(admin.put(f"/admin/groups/{group_id}/owner", json={"username": other}), 404, "not_found")


def test_who_is_suspended_or_closed_stays_the_owner(
    admin: Browser, browse: Browse, person: Add, make_group: MakeGroup
) -> None:
    owner, member = person(), person()
    group_id = make_group(owner, member)
    assert admin.put(f"/admin/people/{owner}/suspension", json={"hours": 1}).status_code == 200
    assert admin.patch(f"/admin/people/{owner}", json={"isActive": False}).status_code == 200
    assert _roles(browse(member), group_id) == {owner: OWNER, member: MEMBER}
