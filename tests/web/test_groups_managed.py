"""A group's people, its name and its end, managed from the page; everybody sees it at once, or when they come back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.people import Person, bubble, composer, line, texts, wait_connected, wait_until, write
from tests.web.server import Friend, Server
from tests.web.test_layout import PHONE, fits, violations
from tests.web.test_states import fail

Meet = Callable[..., Person]
Befriend = Callable[..., Friend]

LEFT = "You are no longer in this group."
LAST_OWNER = "A group needs an owner."


def full_name(person: Person | Friend) -> str:
    return person.username.replace("user", "User ")


def details(page: Page) -> Locator:
    """The dialog about the open conversation, opened."""
    page.get_by_role("button", name="Details").click()
    return page.get_by_role("dialog")


def press(dialog: Locator, *buttons: str) -> None:
    for name in buttons:
        dialog.get_by_role("button", name=name).click()


def members(dialog: Locator) -> Locator:
    return dialog.locator(".details-members li")


def member(dialog: Locator, person: Person | Friend) -> Locator:
    return members(dialog).filter(has_text=re.compile(rf"@{person.username}(?!\d)"))


def role_of(dialog: Locator, person: Person | Friend, role: str) -> None:
    """Gives somebody a role from their page, and goes back to the group's."""
    member(dialog, person).get_by_role("button").click()
    dialog.get_by_label(role).check()
    press(dialog, "Change role")
    expect(dialog.get_by_role("button", name="Change role")).to_be_disabled()
    press(dialog, "Back")


def test_an_added_member_sees_the_group_at_once(meet: Meet, friend: Befriend) -> None:
    alice, bob, carol = meet(), friend(), meet()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username)
    theirs, page = carol.open(), alice.open(f"#/g/{group}")
    expect(line(theirs, "Rowing")).to_have_count(0)
    dialog = details(page)
    expect(members(dialog)).to_have_count(2)
    press(dialog, "Add people")
    dialog.get_by_label("Type a name").fill(bob.username)
    expect(dialog.get_by_text("Nothing found for")).to_be_visible()
    dialog.get_by_label("Type a name").fill(carol.username)
    dialog.get_by_label("Type a name").press("Enter")
    press(dialog, "Add 1 person")
    expect(members(dialog)).to_have_count(3)
    expect(member(dialog, carol)).to_contain_text(full_name(carol))
    line(theirs, "Rowing").click()
    expect(theirs.get_by_text("3 members, 2 online")).to_be_visible()
    write(theirs, "thank you for having me")
    page.keyboard.press("Escape")
    expect(bubble(page, "thank you for having me")).to_be_visible()


def test_all_members_see_a_new_group_name_at_once(meet: Meet) -> None:
    alice, bob = meet(), meet()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    expect(theirs.get_by_role("heading", name="Rowing")).to_be_visible()
    dialog = details(page)
    press(dialog, "Rename the group")
    field = dialog.get_by_label("Group name")
    expect(field).to_be_focused()
    field.fill("x" * 101)
    field.press("Enter")
    expect(dialog.get_by_text("up to 100 characters")).to_be_visible()
    field.fill("Rowing and sailing")
    field.press("Enter")
    expect(dialog.get_by_role("button", name="Rename the group")).to_be_focused()
    expect(dialog.locator(".details-name")).to_have_text("Rowing and sailing")
    expect(theirs.get_by_role("heading", name="Rowing and sailing")).to_be_visible()
    expect(line(theirs, "Rowing and sailing")).to_be_visible()
    expect(details(theirs).get_by_role("button", name="Rename the group")).to_have_count(0)


def test_a_role_change_updates_the_open_dialog_of_the_member(meet: Meet, friend: Befriend) -> None:
    alice, bob, carol = meet(), meet(), friend()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username, carol.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    dialog, his = details(page), details(theirs)
    expect(members(his)).to_have_count(3)
    expect(his.get_by_role("button", name="Add people")).to_have_count(0)
    member(his, carol).get_by_role("button").click()
    expect(his.get_by_text("Role in this group: Member")).to_be_visible()
    expect(his.get_by_role("button", name="Remove from the group")).to_have_count(0)
    role_of(dialog, bob, "Admin")
    expect(member(dialog, bob).locator(".role")).to_have_text("Admin")
    expect(his.get_by_role("button", name="Remove from the group")).to_be_visible()
    press(his, "Back")
    expect(his.get_by_role("button", name="Add people")).to_be_visible()
    expect(his.get_by_role("button", name="Delete the group")).to_have_count(0)
    press(his, "Add people")
    role_of(dialog, bob, "Member")
    expect(his.get_by_label("Type a name")).to_have_count(0)
    expect(his.get_by_role("button", name="Add people")).to_have_count(0)


def test_a_removed_member_loses_the_group_at_once_and_keeps_the_draft(meet: Meet, friend: Befriend) -> None:
    alice, bob, carol = meet(), meet(), friend()
    founder = Friend(alice.server, alice.username)
    group = founder.make_group("Rowing", bob.username, carol.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    composer(theirs).fill("half a thought")
    dialog = details(page)
    member(dialog, bob).get_by_role("button").click()
    press(dialog, "Remove from the group")
    expect(dialog.get_by_text(f"Remove {full_name(bob)}?")).to_be_visible()
    press(dialog, "Cancel", "Remove from the group", "Remove")
    expect(members(dialog)).to_have_count(2)
    expect(theirs.get_by_text(LEFT)).to_be_visible()
    expect(theirs.get_by_label("What you had not sent yet")).to_have_value("half a thought")
    expect(line(theirs, "Rowing")).to_have_count(0)
    expect(composer(theirs)).to_have_count(0)
    founder.say(group, "without him", group=True)
    founder.request("POST", f"group/{group}/members", {"users": [{"username": bob.username}]})
    expect(composer(theirs)).to_have_value("half a thought")
    expect(bubble(theirs, "without him")).to_be_visible()
    expect(theirs.get_by_text(LEFT)).to_have_count(0)


def test_leaving_asks_for_confirmation_and_closes_the_group_in_every_tab(meet: Meet, friend: Befriend) -> None:
    alice, bob = meet(), friend()
    group = bob.make_group("Rowing", alice.username)
    other, page = alice.open(f"#/g/{group}"), alice.open(f"#/g/{group}")
    dialog = details(page)
    press(dialog, "Leave the group", "Cancel", "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()
    expect(line(page, "Rowing")).to_have_count(0)
    expect(other.get_by_text(LEFT)).to_be_visible()
    assert [one["username"] for one in bob.request("GET", f"group/{group}")["group"]["members"]] == [bob.username]


def test_the_last_owner_chooses_another_owner_before_leaving(meet: Meet) -> None:
    alice, bob = meet(), meet()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    dialog = details(page)
    press(dialog, "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(dialog.get_by_text(LAST_OWNER)).to_be_visible()
    press(dialog, "Choose an owner")
    role_of(dialog, bob, "Owner")
    press(dialog, "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(line(page, "Rowing")).to_have_count(0)
    expect(theirs.get_by_text("1 member, 1 online")).to_be_visible()
    expect(details(theirs).get_by_role("button", name="Delete the group")).to_be_visible()


def test_a_deleted_group_disappears_for_all_members(meet: Meet) -> None:
    alice, bob = meet(), meet()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    dialog, his = details(page), details(theirs)
    press(dialog, "Delete the group")
    expect(dialog.get_by_text("Delete “Rowing”?")).to_be_visible()
    dialog.get_by_role("button", name="Delete the group").click()
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()
    expect(theirs.get_by_text(LEFT)).to_be_visible()
    expect(his).to_have_count(0)
    theirs.reload()
    expect(theirs.get_by_text("There is no such group, or you are not in it.")).to_be_visible()
    for tab in (page, theirs):
        expect(line(tab, "Rowing")).to_have_count(0)


def test_a_new_member_sees_earlier_messages_if_the_group_shares_history(meet: Meet) -> None:
    alice, bob = meet(), meet()
    founder = Friend(alice.server, alice.username)
    group = founder.make_group("Rowing")
    founder.say(group, "said before", group=True)
    page, theirs = alice.open(f"#/g/{group}"), bob.open()
    dialog = details(page)
    dialog.get_by_label("New members see earlier messages").click()
    expect(dialog.get_by_label("New members see earlier messages")).not_to_be_checked()
    founder.request("POST", f"group/{group}/members", {"users": [{"username": bob.username}]})
    line(theirs, "Rowing").click()
    expect(theirs.get_by_text("Rowing is new.")).to_be_visible()
    expect(bubble(theirs, "said before")).to_have_count(0)
    dialog.get_by_label("New members see earlier messages").click()
    expect(bubble(theirs, "said before")).to_be_visible()


def test_a_failed_addition_is_reported_and_keeps_the_picked_people(meet: Meet, friend: Befriend) -> None:
    alice, bob = meet(), friend()
    group = Friend(alice.server, alice.username).make_group("Rowing")
    page = alice.open(f"#/g/{group}")
    dialog = details(page)
    press(dialog, "Add people")
    dialog.get_by_label("Type a name").fill(bob.username)
    dialog.get_by_label("Type a name").press("Enter")
    mend = fail(page, "/members$")
    press(dialog, "Add 1 person")
    expect(dialog.get_by_role("alert")).to_have_text("Something went wrong on the server.")
    mend()
    press(dialog, "Add 1 person")
    expect(members(dialog)).to_have_count(2)


def test_an_offline_member_catches_up_without_a_reload(meet: Meet, friend: Befriend) -> None:
    alice, bob, carol = friend(), meet(), friend()
    group = alice.make_group("Rowing", bob.username, carol.username)
    gone = alice.make_group("Sailing", bob.username)
    alice.say(group, "before", group=True)
    page = bob.open(f"#/g/{group}")
    expect(bubble(page, "before")).to_be_visible()
    page.evaluate("window.isTheSamePage = true")
    lists = count(page, "/conversations|/messages/")
    bob.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    alice.request("PATCH", f"group/{group}", {"groupName": "Rowing and sailing"})
    alice.say(group, "one", "two", "three", group=True)
    alice.request("DELETE", f"group/{group}/members/{carol.username}")
    alice.request("DELETE", f"group/{gone}")
    alice.make_group("Swimming", bob.username)
    bob.context.set_offline(False)
    expect(bubble(page, "three")).to_be_visible(timeout=15_000)
    assert texts(page) == ["before", "one", "two", "three"]
    expect(page.get_by_role("heading", name="Rowing and sailing")).to_be_visible()
    expect(page.get_by_text("2 members")).to_be_visible()
    expect(line(page, "Swimming")).to_be_visible()
    expect(line(page, "Sailing")).to_have_count(0)
    assert page.evaluate("window.isTheSamePage")
    assert lists == [], "A sync brings all of it."


def count(page: Page, address: str) -> list[str]:
    """The requests to an address from now on."""
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url) if re.search(address, request.url) else None)
    return made


def test_an_offline_reload_shows_the_stored_state_and_a_sync_updates_it(meet: Meet, friend: Befriend) -> None:
    alice, bob = friend(), meet(service_workers="allow")
    group = alice.make_group("Rowing", bob.username)
    alice.say(group, "seen before the tunnel", group=True)
    page = bob.open(f"#/g/{group}")
    expect(bubble(page, "seen before the tunnel")).to_be_visible()
    alice.request("PATCH", f"group/{group}", {"groupName": "Rowing and sailing"})
    alice.say(group, "seen live", group=True)
    expect(bubble(page, "seen live")).to_be_visible()
    wait_until(page, "async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")
    page.reload()
    wait_connected(page)
    bob.context.set_offline(True)
    page.reload()
    expect(bubble(page, "seen live")).to_be_visible()
    assert texts(page) == ["seen before the tunnel", "seen live"]
    expect(page.get_by_role("heading", name="Rowing and sailing")).to_be_visible()
    expect(details(page).locator(".details-members li")).to_have_count(2)
    page.keyboard.press("Escape")
    alice.say(group, "said meanwhile", group=True)
    pages = count(page, "/messages/")
    bob.context.set_offline(False)
    expect(bubble(page, "said meanwhile")).to_be_visible(timeout=15_000)
    assert texts(page) == ["seen before the tunnel", "seen live", "said meanwhile"]
    assert pages == [], "A sync brings all of it."


def test_a_retried_group_creation_creates_one_group(meet: Meet) -> None:
    page = meet().open()
    page.route(re.compile("/group$"), lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="New group").click()
    page.get_by_label("Group name").fill("Only once")
    press(page.get_by_role("dialog"), "Create group")
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    page.unroute(re.compile("/group$"))
    press(page.get_by_role("dialog"), "Create group")
    expect(page.get_by_role("heading", name="Only once")).to_be_visible()
    expect(line(page, "Only once")).to_have_count(1)


@pytest.fixture(scope="module")
def crowd(make_server: Callable[..., Server]) -> Server:
    return make_server(users=70)


def test_a_large_group_is_managed_like_a_small_one(meet: Meet, crowd: Server) -> None:
    alice, bob = meet("alice", crowd), meet("bob", crowd)
    group = Friend(crowd, "alice").make_group("Everybody", "bob", *[f"user{number}" for number in range(60)])
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    for tab in (page, theirs):
        expect(tab.get_by_text("62 members, 2 online")).to_be_visible()
    dialog = details(page)
    expect(members(dialog).first).to_have_attribute("aria-setsize", "62")
    press(dialog, "Add people")
    dialog.get_by_label("Type a name").fill("user65")
    dialog.get_by_label("Type a name").press("Enter")
    press(dialog, "Add 1 person")
    expect(theirs.get_by_text("63 members, 2 online")).to_be_visible()
    members(dialog).nth(1).get_by_role("button").click()
    press(dialog, "Remove from the group", "Remove")
    expect(members(dialog).first).to_have_attribute("aria-setsize", "62")
    expect(theirs.get_by_text(LEFT)).to_be_visible()


@pytest.mark.parametrize(
    "options", [{}, PHONE, {"viewport": {"width": 320, "height": 568}}, {"forced_colors": "active"}]
)
def test_every_page_of_the_details_fits_and_passes_axe(
    meet: Meet, friend: Befriend, options: dict[str, object]
) -> None:
    alice, bob = meet(**options, bypass_csp=True), friend()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username)
    page = alice.open(f"#/g/{group}")
    dialog = details(page)
    expect(members(dialog)).to_have_count(2)
    check(page)
    press(dialog, "Rename the group")
    check(page)
    press(dialog, "Cancel", "Add people")
    check(page)
    press(dialog, "Back")
    member(dialog, bob).get_by_role("button").click()
    dialog.get_by_label("Admin").check()
    check(page)
    press(dialog, "Remove from the group")
    check(page)
    press(dialog, "Back", "Back", "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(dialog.get_by_text(LAST_OWNER)).to_be_visible()
    check(page)
    press(dialog, "Delete the group")
    check(page)


def check(page: Page) -> None:
    assert fits(page)
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    assert violations(page) == []


def test_members_are_managed_with_the_keyboard_alone_and_the_focus_returns(meet: Meet, friend: Befriend) -> None:
    alice, bob, carol = meet(), friend(), friend()
    group = Friend(alice.server, alice.username).make_group("Rowing", bob.username)
    page = alice.open(f"#/g/{group}")
    press_key = page.keyboard.press
    page.get_by_role("button", name="Details").focus()
    press_key("Enter")
    dialog = page.get_by_role("dialog")
    add = dialog.get_by_role("button", name="Add people")
    tab_to(page, add)
    press_key("Enter")
    expect(dialog.get_by_role("heading", name="Add people")).to_be_focused()
    tab_to(page, dialog.get_by_label("Type a name"))
    page.keyboard.type(carol.username)
    press_key("Enter")
    tab_to(page, dialog.get_by_role("button", name="Add 1 person"))
    press_key("Enter")
    expect(add).to_be_focused()
    expect(members(dialog)).to_have_count(3)
    tab_to(page, members(dialog).first.get_by_role("button"))
    press_key("ArrowDown")
    expect(member(dialog, bob).get_by_role("button")).to_be_focused()
    press_key("Enter")
    expect(dialog.get_by_role("heading", name="Member")).to_be_focused()
    tab_to(page, dialog.get_by_label("Member", exact=True))
    press_key("ArrowLeft")
    press_key("Enter")
    expect(dialog.get_by_role("button", name="Change role")).to_be_disabled()
    tab_to(page, dialog.get_by_role("button", name="Back"))
    press_key("Enter")
    expect(member(dialog, bob).locator(".role")).to_have_text("Admin")
    expect(member(dialog, bob).get_by_role("button")).to_be_focused()
    press_key("Escape")
    expect(page.get_by_role("button", name="Details")).to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    """With the Tab key, as often as it takes."""
    expect(target).to_be_visible()
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there.")
