"""bob reports what alice wrote; a moderator reads it in its context, removes it and suspends alice, who is told so."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.pictures import encoded, plain
from tests.web.page_checks import PHONE
from tests.web.people import Person, bubble, wait_until, write
from tests.web.server import ApiUser, SentFile, Server
from tests.web.test_administration import looks_right, open_administration, open_section
from tests.web.test_message_changes import menu

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


@pytest.mark.slow
def test_a_moderator_looks_at_the_files_of_a_reported_message(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(users=0)
    for name, role in (("mod", "moderator"), ("chief", "administrator")):
        server.add_user(name, "--no-password", "--first-name", name.title(), "--role", role)
    alice, bob, chief = (ApiUser(server, name) for name in ("alice", "bob", "chief"))
    pictured = alice.send_files(
        "bob", "look", SentFile("cruel.png", "image/png", encoded(plain(size=(640, 400)), "PNG"))
    )
    bob.request("POST", f"message/{pictured['messageId']}/report", {"reason": "harassment"})
    page = new_person("mod", server, bypass_csp=True).open()
    dialog = open_administration(page)
    open_section(dialog, "Reports")
    dialog.get_by_role("button", name=re.compile("look")).click()
    expect(dialog.locator(".file-name")).to_have_text("cruel.png")
    looks_right(page, "report-file")
    assert files_read(chief) == 0, "what nobody asks for is not loaded"
    dialog.get_by_role("button", name="Show cruel.png").click()
    wait_until(page, "() => document.querySelector('.report-picture')?.naturalWidth > 0")
    looks_right(page, "report-picture")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download cruel.png").click()
    assert download.value.suggested_filename == "cruel.png"
    assert files_read(chief) == 2


def files_read(user: ApiUser) -> int:
    lines = user.request("GET", "admin/audit?kind=reported_file_read")["lines"]
    return len(lines)


@pytest.mark.slow
def test_a_message_is_reported_removed_and_its_author_suspended(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(users=0)
    server.add_user("mod", "--no-password", "--first-name", "Mo", "--role", "moderator")
    alice = new_person("alice", server)
    page = alice.open("#/u/bob")
    write(page, "hello", "you are an idiot", "really")

    reader = new_person("bob", server, bypass_csp=True).open("#/u/alice")
    menu(reader, "idiot", "Report")
    dialog = reader.get_by_role("dialog")
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choose a reason")
    dialog.get_by_label("Harassment").check()
    dialog.get_by_label("More about it").fill("uncalled for")
    looks_right(reader, "report")
    dialog.get_by_role("button", name="Send report").click()
    expect(reader.get_by_text("Reported. The moderators will see it.")).to_be_visible()

    moderating = new_person("mod", server, bypass_csp=True, color_scheme="dark", **PHONE).open()
    dialog = open_administration(moderating)
    expect(dialog.get_by_role("button", name=re.compile("^Reports"))).to_contain_text("1 open report")
    open_section(dialog, "Reports")
    looks_right(moderating, "reports")
    dialog.get_by_role("button", name=re.compile("idiot")).click()
    expect(dialog.get_by_role("list", name="The message and what was said around it")).to_contain_text("hello")
    expect(dialog.get_by_text("uncalled for")).to_be_visible()
    looks_right(moderating, "report-opened")
    dialog.get_by_role("button", name="Remove the message").click()
    expect(dialog.get_by_text("The message is removed.")).to_be_visible()
    expect(bubble(page, "idiot")).to_have_count(0)
    dialog.get_by_role("button", name="Suspend Alice Ardern").click()
    looks_right(moderating, "suspend")
    dialog.get_by_role("button", name="Suspend or ban").click()
    expect(dialog.get_by_text("Alice Ardern is suspended.")).to_be_visible()

    page.get_by_role("button", name=re.compile("Alice")).click()
    expect(page.get_by_role("alert")).to_contain_text("This account is suspended until")
