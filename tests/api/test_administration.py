"""The routes under /admin: what each of them does."""

import csv
import io
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.models.user import ADMINISTRATOR, MEMBER, MODERATOR
from chatapp.qr_codes import qr_code
from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.conftest import Browser

PASSWORD = "a long enough phrase"
_numbers = itertools.count(1)


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
