"""The routes under /admin: every permission of the table tried by every role, and what each route does."""

import csv
import io
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.system_permissions import (
    ACT_ON_STAFF,
    CHANGE_INSTALLATION,
    CHANGE_ROLES,
    CLOSE_ACCOUNTS,
    DISMISS_REPORTS,
    END_SESSIONS,
    FIND_GROUPS,
    LEAD_GROUPS,
    MAKE_GROUPS,
    MAKE_INVITATIONS,
    MANAGE_GROUPS,
    MODERATE_MESSAGES,
    PERMISSIONS,
    REMOVE_REPORTED,
    RESET_PASSWORDS,
    SEE_AUDIT_LOG,
    SEE_INVITATIONS,
    SEE_LIMITS,
    SEE_PEOPLE,
    SEE_REPORTS,
    SUSPEND_ACCOUNTS,
)
from chatapp.models.user import ADMINISTRATOR, GUEST, MEMBER, MODERATOR
from chatapp.qr_codes import qr_code
from tests.api.error_bodies import refusal
from tests.api.group_calls import say
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Add = Callable[..., str]
PASSWORD = "a long enough phrase"
ROLES = (ADMINISTRATOR, MODERATOR, MEMBER, GUEST)
_numbers = itertools.count(1)


@pytest.fixture
def person(app: Flask) -> Add:
    """`person("moderator")` adds an account with a role, and returns its name."""

    def add(role: str = MEMBER) -> str:
        name = f"{role}{next(_numbers):05}"
        add_users(app.extensions["chatapp.journal"], [NewUser(name, name.title(), "Case", role=role)])
        return name

    return add


@pytest.fixture
def admin(browse: Browse, person: Add) -> Browser:
    return browse(person(ADMINISTRATOR))


def delete_anothers_message(browser: Browser, other: str) -> TestResponse:
    """Deletes what somebody said in their group, of which the browser's user is a plain member."""
    author = browser.application.test_client()
    author.post("/login", json={"username": other})
    me = browser.get("/loggedIn").get_json()["username"]
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
    me = browser.get("/loggedIn").get_json()["username"]
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
}
"""What is tried for each permission: a new one is added here."""

OTHERS: dict[str, Callable[[Browser, str], TestResponse]] = {
    "reactivate": lambda browser, other: browser.patch(f"/admin/people/{other}", json={"isActive": True}),
    "revoke": lambda browser, _other: browser.delete("/admin/invitations/1"),
    "owner": lambda browser, other: browser.put("/admin/groups/1/owner", json={"username": other}),
    "delete group": lambda browser, _other: browser.delete("/admin/groups/1"),
    "list reports": lambda browser, _other: browser.get("/admin/reports"),
    "lift": lambda browser, other: browser.delete(f"/admin/people/{other}/suspension"),
    "csv": lambda browser, _other: browser.get("/admin/audit.csv"),
    "json lines": lambda browser, _other: browser.get("/admin/audit.jsonl"),
}
"""Further routes, which no member may call."""


def test_every_permission_is_tried() -> None:
    assert set(ATTEMPTS) == set(PERMISSIONS)


@pytest.mark.parametrize(("action", "role"), list(itertools.product(ATTEMPTS, ROLES)))
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    browse: Browse, person: Add, action: str, role: str
) -> None:
    answer = ATTEMPTS[action](browse(person(role)), person(), person)
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


def test_people_are_found_by_name_and_listed_page_by_page(admin: Browser, person: Add) -> None:
    names = sorted(person(MODERATOR) for _ in range(3))
    found = admin.get(f"/admin/people?search={names[1].upper()}").get_json()["people"]
    assert [(one["username"], one["role"], one["isActive"], one["sessions"]) for one in found] == [
        (names[1], MODERATOR, True, 0)
    ]
    assert admin.get("/admin/people?search=%25").get_json()["people"] == []
    page = admin.get(f"/admin/people?after={names[0]}&limit=2").get_json()["people"]
    assert [one["username"] for one in page] == names[1:]
    refusal(admin.get("/admin/people?limit=201"), 422, "invalid_input")


def test_a_new_role_ends_the_sessions_and_counts_at_once(admin: Browser, browse: Browse, person: Add) -> None:
    name = person()
    before = browse(name)
    assert before.get("/loggedIn").get_json() == {"username": name, "role": MEMBER}
    assert admin.patch(f"/admin/people/{name}", json={"role": MODERATOR}).status_code == 200
    refusal(before.get("/loggedIn"), 401, "not_signed_in")
    after = browse(name)
    assert after.get("/loggedIn").get_json()["role"] == MODERATOR
    assert after.get("/admin/people").status_code == 200
    assert admin.patch(f"/admin/people/{name}", json={"role": MODERATOR}).status_code == 200
    assert after.get("/loggedIn").status_code == 200, "nothing changed, so the session stays"
    for bad in ({"role": "bot"}, {}, {"role": MEMBER, "isActive": False}):
        refusal(admin.patch(f"/admin/people/{name}", json=bad), 422, "invalid_input")
    assert after.get("/loggedIn").get_json()["role"] == MODERATOR


def test_a_closed_account_is_opened_again(admin: Browser, browse: Browse, person: Add) -> None:
    name = person()
    before = browse(name)
    assert admin.patch(f"/admin/people/{name}", json={"isActive": False}).status_code == 200
    refusal(before.get("/loggedIn"), 401, "not_signed_in")
    refusal(browse(None).post("/login", json={"username": name}), 401, "wrong_credentials")
    assert admin.patch(f"/admin/people/{name}", json={"isActive": True}).status_code == 200
    refusal(before.get("/loggedIn"), 401, "not_signed_in")
    assert browse(name).get("/loggedIn").status_code == 200


@pytest.mark.parametrize("change", [{"role": MEMBER}, {"isActive": False}])
def test_the_last_administrator_stays(make_app: Callable[..., Flask], change: dict[str, Any]) -> None:
    app = make_app()
    app.test_client_class = Browser
    journal = app.extensions["chatapp.journal"]
    add_users(journal, [NewUser(name, name, role=ADMINISTRATOR) for name in ("first", "second")])
    browser = app.test_client()
    browser.post("/login", json={"username": "first"})
    assert browser.patch("/admin/people/second", json={"isActive": False}).status_code == 200
    refusal(browser.patch("/admin/people/first", json=change), 409, "last_administrator")
    assert browser.get("/admin/people").status_code == 200
    assert browser.patch("/admin/people/second", json={"isActive": True}).status_code == 200
    assert browser.patch("/admin/people/first", json=change).status_code == 200


def test_a_link_for_a_new_password_serves_once(make_app: Callable[..., Flask]) -> None:
    app, name = make_app(sign_in_limit="100 per minute"), "erin"
    app.test_client_class = Browser
    roles = {"root": ADMINISTRATOR, name: MEMBER}
    add_users(app.extensions["chatapp.journal"], [NewUser(one, one, role=role) for one, role in roles.items()])

    def browse(username: str | None) -> Any:
        client = app.test_client()
        if username is not None:
            client.post("/login", json={"username": username})
        return client

    admin, before = browse("root"), browse(name)
    replaced, made = (admin.post(f"/admin/people/{name}/reset").get_json() for _ in range(2))
    assert before.get("/loggedIn").status_code == 200, "the sessions stay until the link is used"
    stranger = browse(None)
    for wrong in (replaced["secret"], "x" * 22):
        refusal(stranger.post("/reset", json={"secret": wrong, "password": PASSWORD}), 403, "reset_invalid")
    refusal(stranger.post("/reset", json={"secret": made["secret"], "password": "short"}), 422, "invalid_input")
    for guessed in ("password123", "Erin-1990"):
        refusal(stranger.post("/reset", json={"secret": made["secret"], "password": guessed}), 422, "password_common")
    assert stranger.post("/reset", json={"secret": made["secret"], "password": PASSWORD}).status_code == 200
    refusal(stranger.get("/loggedIn"), 401, "not_signed_in")
    refusal(before.get("/loggedIn"), 401, "not_signed_in")
    refusal(browse(None).post("/reset", json={"secret": made["secret"], "password": PASSWORD}), 403, "reset_invalid")
    assert browse(None).post("/login", json={"username": name, "password": PASSWORD}).status_code == 200
    kinds = [line["kind"] for line in admin.get(f"/admin/audit?username={name}").get_json()["lines"]]
    assert kinds[:4] == ["sign_in", "password_reset", "password_reset_added", "password_reset_added"]
    assert made["secret"] not in admin.get("/admin/audit.jsonl").text


def test_an_invitation_is_made_listed_and_revoked(admin: Browser) -> None:
    made = admin.post("/admin/invitations", json={"uses": 3, "days": 2, "page": "https://a.example/"}).get_json()
    assert made["qrCode"] == qr_code(f"https://a.example/#/join/{made['secret']}")
    first = admin.get("/admin/invitations").get_json()["invitations"][0]
    assert first == {
        "id": made["id"],
        "uses": 0,
        "usesAllowed": 3,
        "expiresAt": made["expiresAt"],
        "isValid": True,
        "role": "member",
        "groups": [],
    }
    assert admin.delete(f"/admin/invitations/{made['id']}").status_code == 200
    assert admin.get("/admin/invitations").get_json()["invitations"][0]["isValid"] is False
    refusal(admin.delete("/admin/invitations/99999"), 404, "not_found")
    refusal(admin.post("/admin/invitations", json={"page": "javascript:a()"}), 422, "invalid_input")


def test_a_group_gets_an_owner_only_when_it_has_none(
    admin: Browser, browse: Browse, person: Add, make_group: Callable[..., str]
) -> None:
    owner, member, heir = person(), person(), person()
    group_id = make_group(owner, member)
    route = f"/admin/groups/{group_id}/owner"
    refusal(admin.put(route, json={"username": heir}), 409, "has_owner")
    admin.patch(f"/admin/people/{owner}", json={"isActive": False})
    (listed,) = admin.get(f"/admin/groups?after={int(group_id) - 1}&limit=1").get_json()["groups"]
    assert (listed["groupId"], listed["memberCount"], listed["owners"]) == (group_id, 2, [])
    refusal(admin.put(route, json={"username": "nobody"}), 404, "not_found")
    refusal(admin.put("/admin/groups/999999/owner", json={"username": heir}), 404, "not_found")
    for _ in range(2):
        assert admin.put(route, json={"username": heir}).status_code == 200
    assert browse(heir).get(f"/group/{group_id}").get_json()["group"]["role"] == "owner"
    refusal(admin.put(route, json={"username": member}), 409, "has_owner")


def test_a_member_of_a_group_without_an_owner_becomes_it(
    admin: Browser, browse: Browse, person: Add, make_group: Callable[..., str]
) -> None:
    owner, member = person(), person()
    group_id = make_group(owner, member)
    admin.patch(f"/admin/people/{owner}", json={"isActive": False})
    assert admin.put(f"/admin/groups/{group_id}/owner", json={"username": member}).status_code == 200
    assert browse(member).get(f"/group/{group_id}").get_json()["group"]["role"] == "owner"


def test_any_group_is_deleted(admin: Browser, browse: Browse, person: Add, make_group: Callable[..., str]) -> None:
    owner = person()
    group_id = make_group(owner)
    assert admin.delete(f"/admin/groups/{group_id}").status_code == 200
    refusal(browse(owner).get(f"/group/{group_id}"), 404, "not_found")
    refusal(admin.delete(f"/admin/groups/{group_id}"), 404, "not_found")


def test_a_group_is_found_by_a_part_of_its_name(admin: Browser, browse: Browse, person: Add) -> None:
    name = f"Rowing {next(_numbers)} club"
    assert browse(person()).post("/group", json={"groupName": name}).status_code == 200
    found = admin.get("/admin/groups", query_string={"search": name[2:].upper()}).get_json()["groups"]
    assert [one["groupName"] for one in found] == [name]


def test_the_audit_log_is_narrowed_and_read_page_by_page(admin: Browser, person: Add) -> None:
    name = person()
    for role in (MODERATOR, MEMBER, MODERATOR):
        admin.patch(f"/admin/people/{name}", json={"role": role})
    query = f"/admin/audit?username={name}&kind=role_changed"
    lines = admin.get(query).get_json()["lines"]
    assert [line["details"]["role"] for line in lines] == [MODERATOR, MEMBER, MODERATOR]
    first = admin.get(f"{query}&limit=1").get_json()["lines"]
    assert first == lines[:1]
    assert admin.get(f"{query}&before={first[0]['id']}").get_json()["lines"] == lines[1:]
    assert admin.get(f"{query}&since=2999-01-01T00:00:00Z").get_json()["lines"] == []
    assert admin.get(f"{query}&until=2999-01-01T00:00:00Z").get_json()["lines"] == lines
    assert admin.get(f"{query}&until=2000-01-01T00:00:00Z").get_json()["lines"] == []
    refusal(admin.get("/admin/audit?since=yesterday"), 422, "invalid_input")
    refusal(admin.get("/admin/audit?since=2026-01-01T00:00:00"), 422, "invalid_input")


def test_the_audit_log_is_exported_in_two_forms(app: Flask, admin: Browser) -> None:
    formula = f"=HYPERLINK{next(_numbers)}"
    refusal(app.test_client().post("/login", json={"username": formula}), 401, "wrong_credentials")
    table = admin.get("/admin/audit.csv?kind=sign_in_failed")
    assert table.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    rows = list(csv.reader(io.StringIO(table.text)))
    assert rows[0] == ["id", "at", "kind", "actor", "target", "address", "details"]
    assert rows[-1][2:6] == ["sign_in_failed", "", f"'{formula}", "127.0.0.1"]
    lines = [json.loads(line) for line in admin.get("/admin/audit.jsonl?kind=sign_in_failed").text.splitlines()]
    assert lines[-1]["target"] == formula
    assert [str(line["id"]) for line in lines] == [row[0] for row in rows[1:]]
    copied = admin.get("/admin/audit?kind=audit_exported").get_json()["lines"][:2]
    assert [line["details"]["form"] for line in copied] == ["audit.jsonl", "audit.csv"]
    assert {line["actor"] for line in copied} == {admin.get("/loggedIn").get_json()["username"]}


def test_the_limits_are_shown_without_secrets(admin: Browser) -> None:
    limits = {one["name"]: one["value"] for one in admin.get("/admin/limits").get_json()["limits"]}
    assert limits["CHATAPP_SIGN_IN_LIMIT"] == "2 per minute"
    assert not any("KEY" in name or "URL" in name for name in limits)
