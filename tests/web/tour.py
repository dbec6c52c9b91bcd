"""A tour of all dialogs and panels, as somebody opens them by clicks and keys, at any size and in any language.

The page has a security key."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.web.furnished import GROUP_NAME, PASSWORD, Furnished
from tests.web.tour_files import files

Stops = Iterator[str]
"""The names of what is open, each yielded while it is."""

ACCOUNT = (
    *("profile", "username", "accountPassword", "email", "passkeys", "secondFactor", "accountBlocked"),
    *("accountSessions", "ownData", "leaveAccount"),
)
PALETTE_COMMANDS = ("newPoll", "threadsTitle", "savedTitle", "scheduledTitle", "settings", "shortcutsTitle", "newGroup")
TITLES = {"settings": "settingsTitle", "newGroup": "groupTitle"}
"""The titles of dialogs that the palette calls otherwise."""


@dataclass(frozen=True)
class Tour:
    """`say` is the catalogue of the page's language."""

    page: Page
    at: Furnished
    say: Mapping[str, Any]

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def go(self, address: str) -> None:
        self.page.goto(f"{self.at.server.url}{address}")

    def named(self, key: str) -> Locator:
        """The button of the dialog whose name begins with this sentence."""
        name = re.compile(f"^{re.escape(self.say[key])}")
        return self.dialog.get_by_role("button", name=name).first

    def press(self, *keys: str) -> None:
        for key in keys:
            self.named(key).click()

    def titled(self, key: str) -> None:
        """Waits until the dialog has this title and has loaded."""
        expect(self.dialog).to_have_accessible_name(self.say[key])
        expect(self.dialog.locator(".skeleton, .spinner")).to_have_count(0)

    def close(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog")).to_have_count(0)

    def field(self, name: str) -> Locator:
        return self.dialog.locator(f"[name={name}]")

    def command(self, key: str) -> None:
        """Chooses a command of the palette."""
        self.page.keyboard.press("Control+k")
        self.page.get_by_role("combobox").fill(self.say[key])
        self.page.keyboard.press("Enter")
        self.titled(TITLES.get(key, key))

    def row(self, text: str) -> Locator:
        return self.page.locator(".pane .row-message").filter(has_text=text)


def everywhere(tour: Tour) -> Stops:
    for part in (account, administration, bots, group, palette, messages, files, panels):
        yield from part(tour)


def account(tour: Tour) -> Stops:
    tour.go("#/")
    tour.page.get_by_role("button", name=tour.say["account"]).click()
    tour.titled("account")
    yield "account"
    for section in ACCOUNT:
        tour.press(section)
        tour.titled(section)
        if section in ("passkeys", "secondFactor"):
            tour.dialog.locator("input[type=password]").fill(PASSWORD)
            tour.press("passkeyAdd" if section == "passkeys" else "secondFactorBegin")
            expect(tour.dialog.locator("li, .qr-code").first).to_be_visible()
        if section == "passkeys":
            expect(tour.named("passkeyAdd")).to_be_enabled()
            yield "account-passkeys-list"
            tour.dialog.get_by_role("listitem").get_by_role("button").first.click()
        yield f"account-{section}"
        tour.press("dialogBack")
    tour.press("administration")


def administration(tour: Tour) -> Stops:
    """Begins in the dialog."""
    tour.titled("administration")
    yield "admin"
    tour.press("adminPeople")
    tour.titled("adminPeople")
    yield "admin-people"
    tour.dialog.get_by_role("button", name=re.compile("@bob")).click()
    yield "admin-person"
    for key in ("adminSuspend", "adminDeactivate", "adminRemove"):
        tour.press(key)
        expect(tour.named("cancel")).to_be_visible()
        yield f"admin-person-{key}"
        tour.press("cancel")
    tour.press("adminReset")
    expect(tour.dialog.locator("input[readonly]")).to_be_visible()
    yield "admin-person-link"
    tour.press("dialogBack", "dialogBack", "adminReports")
    tour.titled("adminReports")
    yield "admin-reports"
    tour.dialog.get_by_role("button", name=re.compile("late again")).click()
    expect(tour.named("adminReportRemove")).to_be_visible()
    yield "admin-report"
    tour.press("dialogBack", "dialogBack", "adminInvitations")
    tour.titled("adminInvitations")
    tour.field("role").select_option("guest")
    yield "admin-invitations"
    tour.field("role").select_option("member")
    tour.press("adminInviteMake")
    expect(tour.dialog.locator("input[readonly]")).to_be_visible()
    yield "admin-invitation-made"
    tour.dialog.locator(".session .button").first.click()
    yield "admin-invitation-revoke"
    for section in ("adminAudit", "adminSystem"):
        while not tour.named(section).is_visible():
            tour.press("dialogBack")
        tour.press(section)
        tour.titled(section)
        yield section
    tour.press("dialogBack", "adminGroups")
    tour.titled("adminGroups")
    yield "admin-groups"
    tour.dialog.get_by_role("button", name=re.compile(GROUP_NAME)).click()
    yield "admin-group"
    tour.press("deleteGroup")
    yield "admin-group-delete"
    tour.press("dialogBack", "dialogBack")


def bots(tour: Tour) -> Stops:
    """Begins in the dialog of administration."""
    tour.press("adminBots")
    tour.titled("adminBots")
    yield "bots"
    tour.dialog.get_by_role("button", name=re.compile("@tides")).click()
    expect(tour.dialog.get_by_role("listitem").nth(1)).to_be_visible()
    tour.field("token-name").fill("Third")
    tour.press("adminTokenMake")
    expect(tour.dialog.get_by_label(tour.say["adminToken"], exact=True)).to_be_focused()
    yield "bot"
    tour.dialog.locator(".session .button").first.click()
    yield "bot-revoke"
    tour.close()


def group(tour: Tour) -> Stops:
    tour.go(f"#/g/{tour.at.group_id}")
    tour.page.get_by_role("button", name=tour.say["details"]).click()
    members = tour.dialog.locator(".details-members li")
    expect(members.nth(2)).to_be_attached()
    yield "group"
    tour.press("rename")
    yield "group-rename"
    tour.press("cancel", "aboutEdit")
    yield "group-about"
    for key in ("groupSettingsChange", "add"):
        tour.press("dialogBack", key)
        yield f"group-{key}"
    tour.press("dialogBack")
    members.filter(has_text="@bob").get_by_role("button").click()
    yield "group-member"
    tour.press("memberRemove")
    yield "group-member-remove"
    tour.press("dialogBack", "dialogBack")
    for key in ("leave", "deleteGroup"):
        tour.press(key)
        yield f"group-{key}"
        tour.press("dialogBack")
    tour.close()


def palette(tour: Tour) -> Stops:
    tour.go(f"#/g/{tour.at.group_id}")
    for key in PALETTE_COMMANDS:
        tour.command(key)
        if key == "scheduledTitle":
            yield key
            tour.press("scheduledEdit")
        if key == "newGroup":
            tour.dialog.get_by_role("searchbox").fill("bob")
            tour.dialog.get_by_role("searchbox").press("Enter")
        yield f"{key}-open"
        if key == "settings":
            tour.press("notificationsMore")
            tour.titled("notificationsTitle")
            yield "notifications"
        tour.close()
    tour.page.keyboard.press("Control+k")
    expect(tour.page.get_by_role("combobox")).to_be_focused()
    yield "palette"
    for text in ("bob", "zeppelins"):
        tour.page.get_by_role("combobox").fill(text)
        expect(tour.dialog.locator("mark" if text == "zeppelins" else "[role=option] small").first).to_be_visible()
        yield f"palette-{text}"
    tour.close()
    tour.page.get_by_role("button", name=tour.say["details"]).focus()
    tour.page.keyboard.press("g")
    tour.titled("findGroups")
    yield "find-groups"
    tour.close()


def messages(tour: Tour) -> Stops:
    tour.go(f"#/g/{tour.at.group_id}")
    tour.page.locator("#composer").fill("")
    mine = tour.row("zeppelins")
    keys = {"Enter": "messageTitle", "f": "forwardTitle", "+": "emojiTitle", "Delete": "deleteMessageTitle"}
    for key, title in keys.items():
        mine.press(key)
        tour.titled(title)
        if key == "f":
            tour.dialog.get_by_role("searchbox").fill("bob")
            tour.dialog.get_by_role("searchbox").press("Enter")
        yield title
        tour.close()
    for key, title in (("whoReacted", "whoReacted"), ("versionsTitle", "versionsTitle")):
        mine.press("Enter")
        tour.press(key)
        tour.titled(title)
        yield title
        tour.close()
    tour.row("late again").press("Enter")
    tour.press("report")
    yield "report"
    tour.close()
    opened: dict[str, Callable[[], None]] = {
        "receipts": lambda: mine.locator(".tick-button").click(),
        "voters": lambda: _ask_who_voted(tour),
        "send-later": lambda: _send_later(tour),
        "scheduled-here": lambda: tour.page.locator(".pane .scheduled-line button").click(),
        "pinned": lambda: _choose_pinned(tour),
    }
    for name, open_it in opened.items():
        open_it()
        expect(tour.dialog.locator(".skeleton, .spinner")).to_have_count(0)
        yield name
        tour.close()


def _ask_who_voted(tour: Tour) -> None:
    # The list of messages stays where the focus is.
    tour.row("Which evening").focus()
    tour.row("Which evening").get_by_role("button", name=tour.say["pollWhoVoted"]).click()


def _send_later(tour: Tour) -> None:
    tour.page.locator("#composer").fill("Good morning!")
    tour.page.locator("#composer").press("Control+Shift+Enter")


def _choose_pinned(tour: Tour) -> None:
    tour.page.locator("#composer").fill("")
    tour.page.locator(".conversation-head").get_by_role("button", name=tour.say["more"]).click()
    tour.page.get_by_role("menuitem", name=tour.say["pinnedTitle"]).click()


def panels(tour: Tour) -> Stops:
    """What is no dialog."""
    tour.go("#/")
    yield "list"
    tour.go("#/u/bob")
    tour.page.get_by_role("button", name=tour.say["details"]).click()
    yield "person"
    tour.close()
    tour.go(f"#/g/{tour.at.group_id}")
    tour.row("Which evening").focus()
    yield "polls"
    tour.page.locator(".pane .scroller").evaluate(
        "(list) => list.scrollTo({ top: list.scrollTop - 80, behavior: 'instant' })"
    )
    expect(tour.page.locator(".pane .jump")).to_be_visible()
    yield "jump"
    tour.page.locator("#composer").fill("@")
    expect(tour.page.locator("#mention-list")).to_be_visible()
    yield "mentions"
    tour.page.locator("#composer").fill("")
    tour.page.locator(".conversation-head").get_by_role("button", name=tour.say["more"]).click()
    yield "menu"
    tour.page.keyboard.press("Escape")
    tour.go(f"#/g/{tour.at.thread_id}")
    expect(tour.page.locator(".thread .messages .row-message").last).to_be_attached()
    tour.page.locator("#thread-composer").fill("half a thought")
    yield "thread"
    tour.page.locator("#thread-composer").fill("")
