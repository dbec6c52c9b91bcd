"""Every permission of the table, tried by every role."""

import itertools
from collections.abc import Callable

import pytest

from chatapp.actions.permissions import (
    ADD_MEMBERS,
    CHANGE_DETAILS,
    CHANGE_ROLES,
    CLOSE_POLLS,
    DELETE_GROUP,
    DELETE_MESSAGES,
    LEAVE,
    PERMISSIONS,
    REMOVE_ADMINS,
    REMOVE_MEMBERS,
    SET_RETENTION,
    WRITE,
    WRITE_ANNOUNCEMENTS,
)
from chatapp.models.membership import ADMIN, MEMBER, OWNER, ROLES
from tests.api.error_bodies import refusal
from tests.api.group_calls import named, say, show
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]


ATTEMPTS = {
    ADD_MEMBERS: lambda browser, group_id, cast: browser.post(
        f"/group/{group_id}/members", json=named(cast["outsider"])
    ),
    REMOVE_MEMBERS: lambda browser, group_id, cast: browser.delete(f"/group/{group_id}/members/{cast[MEMBER]}"),
    REMOVE_ADMINS: lambda browser, group_id, cast: browser.delete(f"/group/{group_id}/members/{cast[ADMIN]}"),
    CHANGE_ROLES: lambda browser, group_id, cast: browser.put(
        f"/group/{group_id}/members/{cast[MEMBER]}", json={"role": ADMIN}
    ),
    CHANGE_DETAILS: lambda browser, group_id, _cast: browser.patch(f"/group/{group_id}", json={"groupName": "New"}),
    WRITE: lambda browser, group_id, _cast: say(browser, group_id, "hello"),
    WRITE_ANNOUNCEMENTS: lambda browser, group_id, _cast: say(browser, group_id, "listen"),
    DELETE_MESSAGES: lambda browser, group_id, _cast: browser.delete(f"/message/{group_id}-1"),
    CLOSE_POLLS: lambda browser, group_id, _cast: browser.post(f"/message/{group_id}-1/close"),
    DELETE_GROUP: lambda browser, group_id, _cast: browser.delete(f"/group/{group_id}"),
    SET_RETENTION: lambda browser, group_id, _cast: browser.patch(f"/group/{group_id}", json={"retentionDays": 9}),
    LEAVE: None,
}
"""What is tried for each permission: a new one is added here."""


def test_every_permission_is_tried() -> None:
    assert set(ATTEMPTS) == set(PERMISSIONS)
    assert all(set(allowed) <= set(ROLES) for allowed in PERMISSIONS.values())


@pytest.mark.parametrize(("action", "role"), list(itertools.product(ATTEMPTS, [*ROLES, "outsider"])))
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    browse: Browse, cast_of_four: tuple[str, dict[str, str]], action: str, role: str
) -> None:
    group_id, cast = cast_of_four
    attempt = ATTEMPTS[action]
    if attempt is None or (action, role) in ((REMOVE_MEMBERS, MEMBER), (REMOVE_ADMINS, ADMIN)):
        # Whoever removes themselves leaves, which every role may; the last owner is another test's.
        is_own = role in (ADMIN, MEMBER)
        answer = browse(cast[role]).delete(f"/group/{group_id}/members/{cast[role]}")
        assert answer.status_code == (200 if is_own else 409 if role == OWNER else 403)
        return
    if action == WRITE_ANNOUNCEMENTS:
        assert browse(cast[OWNER]).patch(f"/group/{group_id}", json={"writers": "admins"}).status_code == 200
    if action == DELETE_MESSAGES:
        author = cast[ADMIN if role == OWNER else OWNER]
        assert say(browse(author), group_id, "not yours").status_code == 200
    if action == CLOSE_POLLS:
        author = cast[ADMIN if role == OWNER else OWNER]
        poll = {"receiver": group_id, "group": True, "question": "When?", "options": ["now", "later"]}
        assert browse(author).post("/polls", json=poll).status_code == 200
    before = show(browse(cast[OWNER]), group_id)
    answer = attempt(browse(cast[role]), group_id, cast)
    if role == "outsider" and action in (CLOSE_POLLS, DELETE_MESSAGES):
        refusal(answer, 404, "not_found")
    elif role == "outsider":
        refusal(answer, 403, "not_a_member")
    elif role not in PERMISSIONS[action]:
        refusal(answer, 403, "only_admins_write" if action == WRITE_ANNOUNCEMENTS else "forbidden")
    else:
        assert answer.status_code == 200, answer.text
        return
    assert show(browse(cast[OWNER]), group_id) == before, "nothing of it is done"
