"""Every permission in the whole system, tried by every role."""

import itertools
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from chatapp.actions.system_permissions import (
    ACT_ON_STAFF,
    CHANGE_INSTALLATION,
    CHANGE_ROLES,
    CHANGE_USERNAMES,
    CLOSE_ACCOUNTS,
    DISMISS_REPORTS,
    END_SESSIONS,
    FIND_GROUPS,
    LEAD_GROUPS,
    MAKE_GROUPS,
    MAKE_INVITATIONS,
    MANAGE_BOTS,
    MANAGE_GROUPS,
    MANAGE_OWN_ACCOUNT,
    MODERATE_MESSAGES,
    PERMISSIONS,
    REMOVE_PEOPLE,
    REMOVE_REPORTED,
    RESET_PASSWORDS,
    SEE_AUDIT_LOG,
    SEE_INVITATIONS,
    SEE_LIMITS,
    SEE_PEOPLE,
    SEE_REPORTS,
    SUSPEND_ACCOUNTS,
)
from chatapp.models.user import ADMINISTRATOR, BOT, GUEST, MEMBER, MODERATOR
from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.api.group_calls import say
from tests.conftest import Browser

ROLES = (ADMINISTRATOR, MODERATOR, MEMBER, GUEST, BOT)


def delete_anothers_message(browser: Browser, other: str) -> TestResponse:
    """Deletes what somebody said in their group, of which the browser's user is a plain member."""
    author = browser.application.test_client()
    author.post("/login", json={"username": other})
    me = browser.get("/profile").get_json()["profile"]["username"]
    body = {"groupName": "Moderated", "users": [{"username": me}]}
    group_id: str = author.post("/group", json=body).get_json()["newGroup"]["groupId"]
    assert say(author, group_id, "not nice").status_code == 200
    return browser.delete(f"/message/{group_id}-1")


def report_anothers_message(browser: Browser, other: str, person: Add) -> str:
    """The path of an open report of a private message, which the browser's user has no part in."""
    author, reporter = (browser.application.test_client() for _ in range(2))
    receiver = person()
    author.post("/login", json={"username": other})
    sent = author.post("/messages", json={"receiver": receiver, "content": "not nice"}).get_json()
    message_id = sent["response"]["messageId"]
    reporter.post("/login", json={"username": receiver})
    assert reporter.post(f"/message/{message_id}/report", json={"reason": "spam"}).status_code == 200
    return f"/admin/reports/{message_id}"


def lead_a_group(browser: Browser, other: str) -> TestResponse:
    """Somebody makes the browser's user an admin of their group."""
    owner = browser.application.test_client()
    owner.post("/login", json={"username": other})
    me = browser.get("/profile").get_json()["profile"]["username"]
    body = {"groupName": "Led", "users": [{"username": me}]}
    group_id: str = owner.post("/group", json=body).get_json()["newGroup"]["groupId"]
    return owner.put(f"/group/{group_id}/members/{me}", json={"role": "admin"})


ATTEMPTS: dict[str, Callable[[Browser, str, Add], TestResponse]] = {
    MAKE_GROUPS: lambda browser, _other, _person: browser.post("/group", json={"groupName": "Mine", "users": []}),
    LEAD_GROUPS: lambda browser, other, _person: lead_a_group(browser, other),
    FIND_GROUPS: lambda browser, _other, _person: browser.get("/groups/public"),
    SEE_PEOPLE: lambda browser, _other, _person: browser.get("/admin/people"),
    CHANGE_ROLES: lambda browser, other, _person: browser.patch(f"/admin/people/{other}", json={"role": MODERATOR}),
    CLOSE_ACCOUNTS: lambda browser, other, _person: browser.patch(f"/admin/people/{other}", json={"isActive": False}),
    END_SESSIONS: lambda browser, other, _person: browser.delete(f"/admin/people/{other}/sessions"),
    RESET_PASSWORDS: lambda browser, other, _person: browser.post(f"/admin/people/{other}/reset"),
    ACT_ON_STAFF: lambda browser, _other, person: browser.delete(f"/admin/people/{person(MODERATOR)}/sessions"),
    MODERATE_MESSAGES: lambda browser, other, _person: delete_anothers_message(browser, other),
    SUSPEND_ACCOUNTS: lambda browser, other, _person: browser.put(
        f"/admin/people/{other}/suspension", json={"hours": 1}
    ),
    SEE_REPORTS: lambda browser, other, person: browser.get(report_anothers_message(browser, other, person)),
    DISMISS_REPORTS: lambda browser, other, person: browser.delete(report_anothers_message(browser, other, person)),
    REMOVE_REPORTED: lambda browser, other, person: browser.delete(
        report_anothers_message(browser, other, person) + "/message"
    ),
    SEE_INVITATIONS: lambda browser, _other, _person: browser.get("/admin/invitations"),
    MAKE_INVITATIONS: lambda browser, _other, _person: browser.post("/admin/invitations", json={}),
    MANAGE_GROUPS: lambda browser, _other, _person: browser.get("/admin/groups"),
    SEE_AUDIT_LOG: lambda browser, _other, _person: browser.get("/admin/audit"),
    SEE_LIMITS: lambda browser, _other, _person: browser.get("/admin/limits"),
    CHANGE_INSTALLATION: lambda browser, _other, _person: browser.patch("/admin/installation", json={}),
    MANAGE_BOTS: lambda browser, _other, _person: browser.get("/admin/bots"),
    MANAGE_OWN_ACCOUNT: lambda browser, _other, _person: browser.get("/sessions"),
    CHANGE_USERNAMES: lambda browser, other, _person: browser.patch(
        f"/admin/people/{other}", json={"username": f"{other}.new"}
    ),
    REMOVE_PEOPLE: lambda browser, other, _person: browser.post(
        f"/admin/people/{other}/removal", json={"messages": "keep"}
    ),
}
"""What is tried for each permission: a new one is added here."""


OTHERS: dict[str, Callable[[Browser, str], TestResponse]] = {
    "reactivate": lambda browser, other: browser.patch(f"/admin/people/{other}", json={"isActive": True}),
    "revoke": lambda browser, _other: browser.delete("/admin/invitations/1"),
    "owner": lambda browser, other: browser.put("/admin/groups/1/owner", json={"username": other}),
    "delete group": lambda browser, _other: browser.delete("/admin/groups/1"),
    "list reports": lambda browser, _other: browser.get("/admin/reports"),
    "lift": lambda browser, other: browser.delete(f"/admin/people/{other}/suspension"),
    "add bot": lambda browser, _other: browser.post("/admin/bots", json={"username": "sneaky", "name": "S"}),
    "list tokens": lambda browser, other: browser.get(f"/admin/bots/{other}/tokens"),
    "add token": lambda browser, other: browser.post(f"/admin/bots/{other}/tokens", json={"name": "t"}),
    "revoke token": lambda browser, other: browser.delete(f"/admin/bots/{other}/tokens/1"),
    "csv": lambda browser, _other: browser.get("/admin/audit.csv"),
    "json lines": lambda browser, _other: browser.get("/admin/audit.jsonl"),
}
"""Further routes, which no member may call."""


def test_every_permission_is_tried() -> None:
    assert set(ATTEMPTS) == set(PERMISSIONS)


@pytest.mark.parametrize(("action", "role"), list(itertools.product(ATTEMPTS, ROLES)))
def test_a_role_may_do_what_the_table_says_and_nothing_else(enter: Browse, person: Add, action: str, role: str) -> None:
    answer = ATTEMPTS[action](enter(role), person(), person)
    if role in PERMISSIONS[action]:
        assert answer.status_code == 200, answer.text
    else:
        refusal(answer, 403, "forbidden")


@pytest.mark.parametrize("route", OTHERS)
def test_no_member_calls_any_route(browse: Browse, person: Add, route: str) -> None:
    refusal(OTHERS[route](browse(person()), person()), 403, "forbidden")


def test_nobody_who_may_not_act_learns_who_exists(browse: Browse, person: Add) -> None:
    member = browse(person())
    known, unknown = (member.delete(f"/admin/people/{name}/sessions") for name in ("alice", "nobody"))
    assert known.data == unknown.data
    refusal(browse(person(ADMINISTRATOR)).delete("/admin/people/nobody/sessions"), 404, "not_found")
