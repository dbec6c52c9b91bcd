"""Markup in every field that a person or a program fills is shown as text, wherever the client shows the field."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from chatapp.clock import now
from tests.web.page_checks import fits
from tests.web.people import Person, composer, wait_connected
from tests.web.server import ApiUser, Server
from tests.web.test_account import open_account
from tests.web.test_administration import open_administration, open_section
from tests.web.test_message_changes import open_menu, said

PASSWORD = "a long enough phrase"

FIELDS = {
    *("first", "status", "group", "topic", "description", "message", "question", "option", "scheduled", "draft"),
    *("directory", "device", "comment", "reason", "system"),
}

LISTEN = "window.refused = []; addEventListener('securitypolicyviolation', (event) => refused.push(event.blockedURI));"
"""What the Content-Security-Policy stops was injected all the same."""


def hostile(field: str) -> str:
    """Markup that runs a script and names its field."""
    return f'"><img src=x onerror=window.hacked=1>{field}'


class Tour:
    """What a page has shown of the hostile fields."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.shown: set[str] = set()

    def look(self, *fields: str) -> None:
        """Waits until these fields are on the page, as text, and checks that nothing became of their markup."""
        for field in fields:
            expect(self.page.get_by_text(hostile(field)).first).to_be_attached()
        self.shown.update(fields)
        assert self.page.evaluate("[window.hacked, refused, document.querySelector('[onerror], img[src=x]')]") == [
            None,
            [],
            None,
        ]
        assert fits(self.page)

    def close(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("dialog")).to_have_count(0)


def prepare(server: Server) -> str:
    """The id of a group of the administrator, root, and of mallory, who fills everything."""
    server.add_user("root", "--first-name", "Rosa", "--password", PASSWORD, "--admin")
    server.add_user("mallory", "--first-name", hostile("first"), "--password", PASSWORD)
    server.add_user("carol", "--first-name", "Carol", "--password", PASSWORD)
    root, mallory, carol = (ApiUser(server, name, PASSWORD) for name in ("root", "mallory", "carol"))
    profile = {"lastName": hostile("last"), "statusText": hostile("status")}
    mallory.request("PATCH", "profile", profile)
    users = [{"username": "root"}, {"username": "carol"}]
    details = {"topic": hostile("topic"), "description": hostile("description"), "isPublic": True}
    group = mallory.request("POST", "group", {"groupName": hostile("group"), "users": users, **details})
    group_id = str(group["newGroup"]["groupId"])
    mallory.request("POST", "group", {"groupName": hostile("directory"), "users": [], "isPublic": True})
    place = {"receiver": group_id, "group": True}
    message = said(mallory, group_id, hostile("message"), group=True)
    said(mallory, group_id, "a reply", group=True, replyTo=message["sequence"])
    options = [hostile("option"), "another"]
    mallory.request("POST", "polls", {**place, "question": hostile("question"), "options": options})
    root.request("PUT", f"message/{message['messageId']}/saved", {})
    said(root, group_id, "harmless", group=True)
    report = {"reason": "other", "comment": hostile("comment")}
    carol.request("POST", f"message/{message['messageId']}/report", report)
    due = {"clientId": str(uuid4()), "dueAt": (now() + timedelta(days=1)).isoformat()}
    root.request("POST", "scheduled", {**place, "content": hostile("scheduled"), **due})
    root.request("PATCH", "admin/installation", {"systemName": hostile("system")})
    root.request("PUT", "admin/people/mallory/suspension", {"hours": None, "reason": hostile("reason")})
    return group_id


def sign_in(page: Page, server: Server, username: str) -> None:
    page.add_init_script(LISTEN)
    page.goto(server.url)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def tour_conversations(tour: Tour, group_id: str) -> None:
    page = tour.page
    page.goto(f"{page.url.partition('#')[0]}#/g/{group_id}")
    expect(page.locator(".row-message").first).to_be_visible()
    tour.look("group", "topic", "message", "question", "option")
    page.get_by_role("button", name="Details").click()
    tour.look("group", "topic", "description")
    tour.close()
    open_menu(page, "harmless").get_by_role("button", name="Forward").click()
    expect(page.get_by_role("dialog", name="Forward")).to_be_visible()
    tour.look("group")
    tour.close()
    page.get_by_role("button", name="1 scheduled message").click()
    tour.look("scheduled")
    tour.close()
    composer(page).fill(hostile("draft"))
    page.goto(f"{page.url.partition('#')[0]}#/u/mallory")
    tour.look("first", "draft")
    page.get_by_role("button", name="Details").click()
    tour.look("status")
    tour.close()
    page.get_by_role("button", name="Search everything").click()
    page.get_by_role("combobox").fill("onerror")
    tour.look("message", "group")
    tour.close()


def tour_lists(tour: Tour) -> None:
    page = tour.page
    page.get_by_role("button", name="Find groups").click()
    tour.look("directory")
    tour.close()
    page.get_by_role("button", name="Search everything").click()
    page.get_by_role("combobox").fill("saved")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Saved messages")).to_be_visible()
    tour.look("message")
    tour.close()
    open_account(page, "Where you are signed in")
    tour.look("device")
    tour.close()


def tour_administration(tour: Tour) -> None:
    page = tour.page
    dialog = open_administration(page)

    def section(name: str, *fields: str) -> None:
        open_section(dialog, name)
        tour.look(*fields)
        dialog.get_by_role("button", name="Back").click()

    section("Groups", "group")
    section("Audit log", "group")
    open_section(dialog, "Reports")
    tour.look("message")
    dialog.get_by_role("button", name=re.compile("message")).click()
    tour.look("comment")
    tour.close()
    dialog = open_administration(page)
    open_section(dialog, "People")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    tour.look()
    dialog.get_by_role("button", name=re.compile("@mallory")).click()
    tour.look("reason")
    tour.close()


@pytest.mark.slow
def test_markup_in_any_field_is_shown_as_text(
    new_person: Callable[..., Person], make_server: Callable[..., Server]
) -> None:
    server = make_server(users=None, SIGN_IN="password", SIGN_IN_LIMIT="100 per minute")
    group_id = prepare(server)
    page = new_person(at=server, signed_in=False, user_agent=hostile("device")).context.new_page()
    tour = Tour(page)
    sign_in(page, server, "mallory")
    expect(page.get_by_role("alert")).to_contain_text("suspended")
    tour.look("system")
    sign_in(page, server, "root")
    wait_connected(page)
    expect(page).to_have_title(re.compile("onerror"))
    tour_conversations(tour, group_id)
    tour_lists(tour)
    tour_administration(tour)
    assert tour.shown == FIELDS
