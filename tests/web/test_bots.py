"""A bot on the page: an administrator makes it and its token, people see what it is, and a revoked token ends it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import socketio
from playwright.sync_api import Page, expect

from tests.servers import ROOT
from tests.web.group_dialog import details
from tests.web.page_checks import PHONE, take_screenshot
from tests.web.people import Person, bubble, composer, line
from tests.web.server import ApiUser, Server
from tests.web.test_administration import looks_right, open_administration, open_section
from tests.web.test_message_changes import menu

NewPerson = Callable[..., Person]
NAMESPACE = "/chat"


@pytest.fixture(scope="module")
def bot_server(make_server: Callable[..., Server]) -> Server:
    server = make_server(users=1)
    server.add_root()
    return server


class Program:
    """A bot that is connected by a token."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {token}"}
        self.is_gone = threading.Event()
        self.socket = socketio.Client(reconnection=False)
        self.socket.on("disconnect", lambda *_: self.is_gone.set(), namespace=NAMESPACE)
        self.socket.connect(server.ws, auth={"token": token}, namespaces=[NAMESPACE])

    def request(self, method: str, path: str, body: Any = None) -> requests.Response:
        return requests.request(method, self._server.url + path, json=body, headers=self._headers, timeout=10)


@pytest.fixture
def connect(bot_server: Server) -> Iterator[Callable[[str], Program]]:
    programs: list[Program] = []

    def run(token: str) -> Program:
        programs.append(Program(bot_server, token))
        return programs[-1]

    yield run
    for program in programs:
        program.socket.disconnect()


def copied(page: Page) -> str:
    """What is on the clipboard, which the page itself may not read."""
    composer(page).focus()
    page.keyboard.press("Control+v")
    text = composer(page).input_value()
    composer(page).fill("")
    return text


@pytest.mark.slow
def test_an_administrator_makes_a_bot_which_posts_is_marked_and_ends_with_its_token(
    new_person: NewPerson, bot_server: Server, connect: Callable[[str], Program]
) -> None:
    page = new_person("root", bot_server, bypass_csp=True, permissions=["clipboard-read", "clipboard-write"]).open()
    dialog = open_administration(page)
    open_section(dialog, "Bots")
    expect(dialog.get_by_text("No bots yet")).to_be_visible()
    dialog.get_by_label("Username of the bot").fill("user0")
    dialog.get_by_role("button", name="Make a bot").click()
    expect(dialog.get_by_role("alert")).to_contain_text("taken")
    dialog.get_by_label("Username of the bot").fill("echo")
    dialog.get_by_label("Name that others see").fill("Echo")
    looks_right(page, "bots-new")
    dialog.get_by_role("button", name="Make a bot").click()
    expect(dialog).to_have_accessible_name("Echo")
    expect(dialog.get_by_text("No tokens yet")).to_be_visible()
    dialog.get_by_label("What the token is for").fill("Mail server")
    dialog.get_by_label("Days until it expires (empty: never)").fill("0")
    dialog.get_by_role("button", name="Make a token").click()
    expect(dialog.get_by_role("alert")).to_have_text("Type a number of days up to 3,650, or nothing.")
    dialog.get_by_label("Days until it expires (empty: never)").fill("")
    dialog.get_by_role("button", name="Make a token").click()
    expect(dialog.get_by_label("Token", exact=True)).to_be_focused()
    expect(dialog.get_by_text("Does not expire")).to_be_visible()
    dialog.get_by_role("button", name="Copy token").click()
    expect(dialog.get_by_text("Copied")).to_be_visible()
    looks_right(page, "bots-token")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    group = ApiUser(bot_server, "root").make_group("Harbour", "echo", "user0")
    page.reload()
    line(page, "Harbour").click()
    token = copied(page)
    assert re.fullmatch(r"chatapp_bot_[\w-]{43}", token)
    program = connect(token)
    for receiver, is_group in ((group, True), ("root", False)):
        body = {"receiver": receiver, "group": is_group, "content": "High tide at noon."}
        assert program.request("POST", "messages", body).status_code == 200
    expect(bubble(page, "High tide").locator(".sender")).to_have_text("Echo Bot")
    expect(page.get_by_role("article", name=re.compile(r"^Echo \(bot\), "))).to_be_visible()
    composer(page).hover()
    looks_right(page, "bots-group")
    members = details(page)
    expect(
        members.locator(".details-members li").filter(has_text="@echo").get_by_text("Bot", exact=True)
    ).to_be_visible()
    take_screenshot(page, "bots-members")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(line(page, "Echo").get_by_text("Bot", exact=True)).to_be_visible()
    line(page, "Echo").click()
    expect(page.locator(".conversation-head h1")).to_have_accessible_name("Echo Bot")
    looks_right(page, "bots-private")
    about = details(page)
    expect(about.get_by_text("Bot", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    dialog = open_administration(page)
    open_section(dialog, "Bots")
    dialog.get_by_role("button", name=re.compile("Echo.*1 token", re.DOTALL)).click()
    expect(dialog).to_have_accessible_name("Echo")
    assert token not in page.content(), "a token is shown once"
    dialog.get_by_role("button", name="Revoke the token “Mail server”").click()
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(dialog.get_by_text("No tokens yet")).to_be_visible()
    assert program.is_gone.wait(1)
    assert program.request("GET", "conversations").status_code == 401
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_role("button", name=re.compile("Echo.*No token", re.DOTALL))).to_be_focused()
    dialog.get_by_role("button", name="Back").click()

    open_section(dialog, "People")
    dialog.get_by_role("button", name=re.compile("@echo")).click()
    expect(dialog.locator(".mark")).to_have_text("Bot")
    expect(dialog.get_by_label("Role")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Make a link for a new password")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Close the account")).to_be_visible()


LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "rtl": {"locale": "ar", **PHONE},
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_bots_fit_in_every_look(new_person: NewPerson, bot_server: Server, look: str) -> None:
    keeper = ApiUser(bot_server, "root")
    name = f"weather.{look}"
    keeper.request("POST", "admin/bots", {"username": name, "name": "The weather report of the harbour"})
    for token in ("A rather long name of a token, " * 3, "Short"):
        keeper.request("POST", f"admin/bots/{name}/tokens", {"name": token, "days": 30})
    language = "ar" if look == "rtl" else "en"
    say = {**catalogue(f"{language}.json"), **catalogue(f"{language}.later.json")}
    page = new_person("root", bot_server, bypass_csp=True, **LOOKS[look]).open()
    page.get_by_role("button", name=say["account"]).click()
    dialog = page.get_by_role("dialog")
    for section in (say["administration"], say["adminBots"]):
        dialog.get_by_role("button", name=re.compile(f"^{section}")).click()
        expect(dialog).to_have_accessible_name(section)
    entry = dialog.get_by_role("button", name=re.compile(f"@{name}"))
    expect(entry).to_be_visible()
    looks_right(page, f"bots-list-{look}")
    entry.click()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.locator("input[name=token-name]").fill("Third")
    dialog.get_by_role("button", name=say["adminTokenMake"]).click()
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    expect(dialog.get_by_label(say["adminToken"], exact=True)).to_be_focused()
    looks_right(page, f"bots-tokens-{look}")


def catalogue(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "chatapp" / "web" / "static" / "locales" / name).read_text())
    return found


@pytest.mark.slow
def test_a_bot_is_marked_wherever_a_name_is_chosen(
    new_person: NewPerson, bot_server: Server, connect: Callable[[str], Program]
) -> None:
    keeper = ApiUser(bot_server, "root")
    keeper.request("POST", "admin/bots", {"username": "tides", "name": "Tide table"})
    token = keeper.request("POST", "admin/bots/tides/tokens", {"name": "Harbour"})["token"]
    group = keeper.make_group("Sailors", "tides", "user0")
    body = {"receiver": group, "group": True, "content": "Spring tide on Sunday."}
    assert connect(token).request("POST", "messages", body).status_code == 200
    page = new_person("root", bot_server, bypass_csp=True).open(f"#/g/{group}")
    marked = page.get_by_role("option", name=re.compile(r"Tide table.*\bBot\b"))
    unmarked = page.get_by_role("option", name=re.compile("User 0"))

    composer(page).fill("@")
    expect(marked).to_be_visible()
    expect(unmarked).to_be_visible()
    expect(page.locator("#mention-list .bot-badge")).to_have_count(1)
    looks_right(page, "bots-mention")
    composer(page).fill("")
    page.keyboard.press("Control+k")
    for text, is_marked in (("tide table", True), ("user 0", False)):
        page.get_by_role("combobox").fill(text)
        people = page.get_by_role("group", name="People and groups").get_by_role("option")
        expect(people).to_have_count(1)
        expect(people.locator(".bot-badge")).to_have_count(int(is_marked))
    page.get_by_role("combobox").fill("spring tide")
    expect(marked).to_contain_text("Spring tide on Sunday.")
    looks_right(page, "bots-palette")
    page.keyboard.press("Escape")

    menu(page, "Spring tide", "Forward")
    choices = page.get_by_role("dialog", name="Forward").locator(".choice")
    expect(choices.filter(has_text="@tides").locator(".bot-badge")).to_have_text("Bot")
    expect(choices.filter(has_text="@user0").locator(".bot-badge")).to_have_count(0)
    looks_right(page, "bots-forward")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    choices = page.get_by_role("dialog", name="New group").locator(".choice")
    expect(choices.filter(has_text="@tides").locator(".bot-badge")).to_have_text("Bot")
    expect(choices.filter(has_text="@user0").locator(".bot-badge")).to_have_count(0)
