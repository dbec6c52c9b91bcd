"""Adding and removing members of a group on the page, and their roles."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.faked_responses import fail
from tests.web.group_dialog import LAST_OWNER, LEFT, details, full_name, member, members, press, set_role
from tests.web.people import Person, bubble, composer, line, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.fixture(scope="module")
def large_server(make_server: Callable[..., Server]) -> Server:
    return make_server(users=70)


@pytest.mark.slow
def test_an_added_member_sees_the_group_at_once(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, carol = new_person(), new_api_user(), new_person()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username)
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


@pytest.mark.slow
def test_a_failed_addition_is_reported_and_keeps_the_picked_people(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    group = ApiUser(alice.server, alice.username).make_group("Rowing")
    page = alice.open(f"#/g/{group}")
    dialog = details(page)
    press(dialog, "Add people")
    dialog.get_by_label("Type a name").fill(bob.username)
    dialog.get_by_label("Type a name").press("Enter")
    repair = fail(page, "/members$")
    press(dialog, "Add 1 person")
    expect(dialog.get_by_role("alert")).to_have_text("That did not work. Try again.")
    repair()
    press(dialog, "Add 1 person")
    expect(members(dialog)).to_have_count(2)


@pytest.mark.slow
def test_a_role_change_updates_the_open_dialog_of_the_member(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, carol = new_person(), new_person(), new_api_user()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username, carol.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    dialog, bobs_dialog = details(page), details(theirs)
    expect(members(bobs_dialog)).to_have_count(3)
    expect(bobs_dialog.get_by_role("button", name="Add people")).to_have_count(0)
    member(bobs_dialog, carol).get_by_role("button").click()
    expect(bobs_dialog.get_by_text("Role in this group: Member")).to_be_visible()
    expect(bobs_dialog.get_by_role("button", name="Remove from the group")).to_have_count(0)
    set_role(dialog, bob, "Admin")
    expect(member(dialog, bob).locator(".role")).to_have_text("Admin")
    expect(bobs_dialog.get_by_role("button", name="Remove from the group")).to_be_visible()
    press(bobs_dialog, "Back")
    expect(bobs_dialog.get_by_role("button", name="Add people")).to_be_visible()
    expect(bobs_dialog.get_by_role("button", name="Delete the group")).to_have_count(0)
    press(bobs_dialog, "Add people")
    set_role(dialog, bob, "Member")
    expect(bobs_dialog.get_by_label("Type a name")).to_have_count(0)
    expect(bobs_dialog.get_by_role("button", name="Add people")).to_have_count(0)


@pytest.mark.slow
def test_a_removed_member_loses_the_group_at_once_and_keeps_the_draft(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob, carol = new_person(), new_person(), new_api_user()
    founder = ApiUser(alice.server, alice.username)
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


@pytest.mark.slow
def test_leaving_asks_for_confirmation_and_closes_the_group_in_every_tab(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    group = bob.make_group("Rowing", alice.username)
    other, page = alice.open(f"#/g/{group}"), alice.open(f"#/g/{group}")
    dialog = details(page)
    press(dialog, "Leave the group", "Cancel", "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()
    expect(line(page, "Rowing")).to_have_count(0)
    expect(other.get_by_text(LEFT)).to_be_visible()
    assert [one["username"] for one in bob.request("GET", f"group/{group}")["group"]["members"]] == [bob.username]


@pytest.mark.slow
def test_the_last_owner_chooses_another_owner_before_leaving(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    dialog = details(page)
    press(dialog, "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(dialog.get_by_text(LAST_OWNER)).to_be_visible()
    press(dialog, "Choose an owner")
    set_role(dialog, bob, "Owner")
    press(dialog, "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(line(page, "Rowing")).to_have_count(0)
    expect(theirs.get_by_text("1 member, 1 online")).to_be_visible()
    expect(details(theirs).get_by_role("button", name="Delete the group")).to_be_visible()


@pytest.mark.slow
def test_a_large_group_is_managed_like_a_small_one(new_person: NewPerson, large_server: Server) -> None:
    alice, bob = new_person("alice", large_server), new_person("bob", large_server)
    group = ApiUser(large_server, "alice").make_group("Everybody", "bob", *[f"user{number}" for number in range(60)])
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
