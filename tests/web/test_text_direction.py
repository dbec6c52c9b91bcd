"""Right-to-left text, and characters that would reorder the text around them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.web.page_checks import PHONE, take_screenshot, violations
from tests.web.page_scripts import LOSE_FOCUS, open_with_notifications
from tests.web.people import Person, bubble, bubbles, composer, line, texts, wait_until, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

HELLO = "שלום עולם"
LONG = "שלום לכולם, זה מסר ארוך יותר שעובר על פני כמה שורות כדי לראות איך הזמן מונח בסוף ההודעה הזאת"
OVERRIDE = "\u202e"
EVIL = f"{OVERRIDE}gnp.exe evil"


def drawn_text(element: Locator) -> str:
    """The visible characters of an element as drawn, from left to right and from top to bottom."""
    script = """element => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const node = walker.currentNode;
            if (node.parentElement.closest('.control')) continue;
            for (let at = 0; at < node.length; at += 1) {
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const { x, y, width } = range.getBoundingClientRect();
                if (width > 0) found.push({ text: node.data[at], x, y: Math.round(y / 8) });
            }
        }
        return found.sort((a, b) => a.y - b.y || a.x - b.x).map(({ text }) => text).join('');
    }"""
    text: str = element.evaluate(script)
    return text


def box(element: Locator) -> Any:
    found = element.bounding_box()
    assert found is not None
    return found


def edges(element: Locator) -> tuple[float, float]:
    """The left and the right edge."""
    found = box(element)
    return found["x"], found["x"] + found["width"]


def mirrored(text: str) -> str:
    return text[::-1]


@pytest.mark.slow
def test_a_message_has_its_own_direction_and_its_time_that_of_the_page(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(locale="en-US"), new_api_user()
    bob.say(alice.username, HELLO, "Hello world")
    page = alice.open(f"#/u/{bob.username}")
    write(page, f"{HELLO}!")
    expect(bubbles(page)).to_have_count(3)
    for index, shown in enumerate([mirrored(HELLO), "Hello world", mirrored(f"{HELLO}!")]):
        found = bubbles(page).nth(index)
        assert drawn_text(found.locator(".text")).startswith(shown)
        time = found.locator("time")
        assert drawn_text(time) == time.inner_text()
        assert time.inner_text().endswith("M"), "AM or PM is last, as in English"
        assert edges(found.locator(".meta"))[1] == pytest.approx(edges(found)[1] - 12, abs=1)
    own = bubble(page, f"{HELLO}!")
    assert edges(own.locator("time"))[1] <= edges(own.locator(".tick"))[0]


def test_the_time_is_beside_the_end_of_a_text(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, HELLO, "Hello world")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubbles(page)).to_have_count(2)
    tall, flat = box(bubbles(page).first)["height"], box(bubbles(page).last)["height"]
    assert tall > flat + 12
    assert edges(bubbles(page).last.locator(".meta"))[0] > edges(bubbles(page).last)[0] + 60


def test_the_sender_above_a_message_has_the_direction_of_the_page(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    person, founder = new_person(), new_api_user()
    group = founder.make_group("קבוצת הקיץ", person.username)
    founder.say(group, LONG, group=True)
    page = person.open(f"#/g/{group}")
    sender = page.locator(".sender bdi")
    assert edges(sender)[0] == pytest.approx(edges(bubbles(page).first)[0] + 12, abs=1)
    heading = page.get_by_role("heading", name="קבוצת הקיץ")
    assert edges(heading.locator("bdi"))[0] == edges(heading)[0]
    expect(composer(page)).to_have_attribute("placeholder", "Message \u2068קבוצת הקיץ\u2069")


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_a_preview_shows_the_sender_and_the_beginning_of_the_text(
    new_person: NewPerson, new_api_user: NewApiUser, options: dict[str, Any]
) -> None:
    person, founder = new_person(bypass_csp=True, **options), new_api_user()
    group = founder.make_group("קבוצה", person.username)
    founder.say(group, LONG, group=True)
    founder.say(person.username, LONG)
    page = person.open()
    line(page, "קבוצה").locator(".line-said").wait_for()
    for said in page.locator(".line-said").filter(has_text=LONG[:20]).all():
        left, right = edges(said)
        first = said.evaluate(FIRST_CHARACTER)
        assert left <= first["left"], first
        assert first["right"] <= right, "the beginning of a text from right to left is at its right edge"
        assert right - first["right"] < 2
    found = line(page, "קבוצה")
    assert edges(found.locator(".line-speaker"))[1] <= edges(found.locator(".line-said"))[0]
    assert edges(found.locator(".line-said"))[1] <= edges(found.locator(".badge"))[0]
    assert edges(found.locator(".line-name bdi"))[0] == edges(found.locator(".line-name"))[0]
    assert violations(page) == []


FIRST_CHARACTER = """element => {
    const range = document.createRange();
    range.setStart(element.firstChild, 0);
    range.setEnd(element.firstChild, 1);
    const { left, right } = range.getBoundingClientRect();
    return { left, right };
}"""


@pytest.mark.slow
def test_a_bidi_control_is_shown_and_does_not_reorder_text(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(bypass_csp=True), new_api_user()
    code = f"```\nif admin:{OVERRIDE} }} {{ pass\n```"
    bob.say(alice.username, EVIL, code, "\u2067a\u2066b\u2069c\u2069 d", "שלום \u202dabc\u202c עולם")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubbles(page)).to_have_count(4)
    assert drawn_text(bubbles(page).nth(0).locator(".text")).startswith("gnp.exe evil")
    assert drawn_text(bubbles(page).nth(1).locator("pre")) == "if admin: } { pass"
    assert drawn_text(bubbles(page).nth(2).locator(".text")).startswith("abc d")
    assert drawn_text(bubbles(page).nth(3).locator(".text")).startswith(f"{mirrored('עולם')} abc {mirrored('שלום')}")
    control = bubbles(page).nth(0).get_by_role("img", name="Hidden character U+202E")
    expect(control).to_be_visible()
    assert box(control)["width"] > 20
    assert texts(page)[0] == EVIL, "the copied text is the sent text"
    assert violations(page) == []


@pytest.mark.slow
def test_text_in_both_directions_passes_axe(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    person, founder = new_person(bypass_csp=True, **PHONE), new_api_user()
    group = founder.make_group(f"{OVERRIDE}gnp.exe", person.username)
    founder.say(group, HELLO, "Hello world", EVIL, LONG, "see https://example.org/a שלום", group=True)
    new_api_user(person.username).say(group, f"{HELLO}!", "`let a = 1;` שלום", "And in English", group=True)
    page = person.open(f"#/g/{group}")
    expect(bubble(page, "And in English")).to_be_in_viewport()
    for place in ("conversation", "list"):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            take_screenshot(page, f"directions-{place}-phone-{theme}")
            assert violations(page) == [], f"{place}, {theme}"
        if place == "conversation":
            page.get_by_role("button", name="Back to the list").click()


def test_a_bidi_control_in_a_group_name_reorders_no_text(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    person, founder = new_person(), new_api_user()
    group = founder.make_group(f"{OVERRIDE}gnp.exe", person.username)
    page = person.open(f"#/g/{group}")
    expect(page.get_by_role("heading", name="gnp.exe")).to_be_visible()
    assert drawn_text(page.get_by_role("heading", name="gnp.exe")) == "gnp.exe"
    expect(page.get_by_text("gnp.exe is new. Say hello to everybody.", exact=True)).to_be_visible()
    expect(composer(page)).to_have_attribute("placeholder", "Message gnp.exe")
    assert drawn_text(line(page, "gnp.exe").locator(".line-name")) == "gnp.exe"
    page.get_by_role("button", name="Details").click()
    assert drawn_text(page.locator(".details-name")) == "gnp.exe"
    page.keyboard.press("Escape")
    assert OVERRIDE not in page.evaluate("document.body.innerText + document.title")


def test_a_notification_isolates_names_and_text(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    person, founder = new_person(permissions=["notifications"]), new_api_user()
    groups = [founder.make_group(name, person.username) for name in (f"{OVERRIDE}gnp.exe", "קבוצה")]
    member = ApiUser(person.server, person.username)
    for group in groups:
        member.request("PATCH", "/preferences", {"receiver": group, "group": True, "level": "all"})
    page = open_with_notifications(person)
    page.evaluate(LOSE_FOCUS)
    for group in groups:
        founder.say(group, EVIL, group=True)
    wait_until(page, "() => shown.length === 2")
    titles = sorted(page.evaluate("shown.map(one => one.title.split(' in ')[1])"))
    assert titles == ["gnp.exe", "\u2068קבוצה\u2069"]
    assert page.evaluate("shown.map(one => one.body)") == ["gnp.exe evil"] * 2
    assert OVERRIDE not in page.get_by_role("log").inner_text()


@pytest.mark.slow
def test_the_message_field_has_the_direction_of_its_text(new_person: NewPerson) -> None:
    page = new_person().open("#/u/alice")
    for text, direction in ((HELLO, "rtl"), ("Hello", "ltr"), ("", "ltr")):
        composer(page).fill(text)
        assert composer(page).evaluate("field => getComputedStyle(field).direction") == direction


@pytest.mark.slow
def test_invisible_text_is_neither_sent_nor_accepted_as_a_group_name(new_person: NewPerson) -> None:
    page = new_person().open("#/u/alice")
    invisible = ["\u200b", "\u2800\n\u3164", "\u00ad\u034f\ufe0f", "\u202e\u2069", "\U000e0020"]
    for text in invisible:
        composer(page).fill(text)
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
        composer(page).press("Enter")
        page.get_by_role("button", name="Send", exact=True).click(force=True)
        expect(composer(page)).to_have_value(text)
    expect(bubbles(page)).to_have_count(0)
    page.get_by_role("button", name="New group").click()
    for text in invisible:
        page.get_by_label("Group name").fill(text.replace("\n", ""))
        page.get_by_role("button", name="Create group").click()
        expect(page.get_by_text("Give the group a name.")).to_be_visible()
        expect(page.get_by_role("dialog")).to_be_visible()
