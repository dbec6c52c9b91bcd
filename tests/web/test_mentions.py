"""Two people mention each other: completion, chips, the count, the level, and who was away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.group_dialog import full_name
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.page_scripts import LOSE_FOCUS
from tests.web.people import Person, bubble, line, wait_until
from tests.web.server import ApiUser
from tests.web.test_personal import choose, open_with_records

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
def test_a_mention_is_completed_drawn_counted_and_notifies(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    carol = new_api_user()
    alice = new_person(bypass_csp=True)
    bob = new_person(permissions=["notifications"])
    group = carol.make_group("Crew", alice.username, bob.username)
    carol.say(group, "ahoy", group=True)
    place = f"#/g/{group}"
    page, other = alice.open(place), open_with_records(bob, place)
    choose(other, "Only mentions")
    other.goto(f"{bob.server.url}#/u/{alice.username}")

    other.locator("#search").fill("Crew")
    other.evaluate(LOSE_FOCUS)
    field = page.locator("#composer")
    field.press_sequentially("mail a@b, then @")
    options = page.get_by_role("listbox", name="People to mention").get_by_role("option")
    # Who wrote lately comes first.
    expect(options.first).to_contain_text(full_name(carol))
    expect(options).to_have_count(4)
    expect(field).to_have_attribute("aria-activedescendant", "mention-list-0")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "mention-list-1")
    assert violations(page) == []
    take_screenshot(page, "mention-list")
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially(bob.username[:-1])
    field.press("Backspace")
    field.fill("")
    field.press_sequentially(f"@{bob.username}")
    expect(options).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value(f"@{bob.username} ")
    field.press_sequentially("look `@code`")
    field.press("Enter")
    chip = bubble(page, "look").locator(".mention")
    expect(chip).to_have_text(f"@{full_name(bob)}")
    expect(chip).to_have_attribute("href", f"#/u/{bob.username}")
    assert violations(page) == []

    badge = line(other, "Crew").locator(".badge-mention")
    expect(badge).to_contain_text("you are mentioned")
    expect(other).to_have_title("(1) chatapp")
    wait_until(other, "() => shown.length === 1")
    assert other.evaluate("shown[0].body").startswith("You were mentioned: ")
    carol.say(group, "nothing for bob", group=True)
    expect(line(other, "Crew").locator(".badge-quiet")).to_contain_text("2")
    expect(other).to_have_title("(1) chatapp")
    bob.context.set_offline(True)
    carol.say(group, f"@group and @{bob.username}", group=True)
    bob.context.set_offline(False)
    expect(badge).to_contain_text("2 times")
    assert other.evaluate("shown.length") >= 1
    take_screenshot(other, "mention-badge")
    line(other, "Crew").click()
    expect(bubble(other, "look").locator(".mention-own")).to_have_text(f"@{full_name(bob)}")
    take_screenshot(other, "mention-chips")
    page.set_viewport_size(PHONE["viewport"])
    field.press_sequentially("@")
    expect(options.first).to_be_visible()
    assert fits(page)
    take_screenshot(page, "mention-list-phone")
