"""Writing Markdown: buttons, keys, new lines, the preview, and pasting."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.copied_text import (
    CODE_EDITOR,
    CODE_EDITOR_IN_A_DOCUMENT,
    HOSTILE,
    SPREADSHEET,
    SPREADSHEET_AS_MARKDOWN,
    WORD,
    WORD_AS_MARKDOWN,
    WRITER,
    WRITER_AS_MARKDOWN,
)
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, bubbles, composer, line, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

COPY = """async ({ html, text }) => {
    const parts = { 'text/plain': new Blob([text], { type: 'text/plain' }) };
    if (html) parts['text/html'] = new Blob([html], { type: 'text/html' });
    await navigator.clipboard.write([new ClipboardItem(parts)]);
}"""


@pytest.fixture
def two(new_person: NewPerson) -> tuple[Page, Page]:
    alice, bob = new_person(permissions=["clipboard-read", "clipboard-write"]), new_person()
    return alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")


def copy(page: Page, markup: str, text: str) -> None:
    """Copies in another page, as Chromium applies the page's policy to what a page copies."""
    source = page.context.new_page()
    source.route("https://writer.example/", lambda route: route.fulfill(body="<p>a text</p>", content_type="text/html"))
    source.goto("https://writer.example/")
    source.evaluate(COPY, {"html": markup, "text": text})
    source.close()
    page.bring_to_front()
    composer(page).focus()


def select(page: Page, text: str) -> None:
    composer(page).evaluate(
        "(field, text) => field.setSelectionRange(field.value.indexOf(text), field.value.indexOf(text) + text.length)",
        text,
    )


@pytest.mark.slow
def test_text_is_formatted_by_buttons_and_keys_and_another_person_sees_it(two: tuple[Page, Page]) -> None:
    page, other = two
    field = composer(page)
    for name, keys, marked in (
        ("Bold", "Control+b", "**word**"),
        ("Italic", "Control+i", "_word_"),
        ("Strikethrough", "Control+Shift+x", "~~word~~"),
        ("Code", "Control+e", "`word`"),
        ("Link", "Control+k", "[word](https://)"),
        ("List", "Control+Shift+8", "- a word"),
        ("Quote", "Control+Shift+9", "> a word"),
        ("Spoiler", "Control+Shift+h", "||word||"),
    ):
        wanted = marked if "a word" in marked else f"a {marked}"
        field.fill("a word")
        select(page, "word")
        page.get_by_role("toolbar").get_by_role("button", name=name).click()
        expect(field).to_have_value(wanted)
        expect(field).to_be_focused()
        field.fill("")
        field.press_sequentially("a word")
        select(page, "word")
        page.keyboard.press(keys)
        expect(field).to_have_value(wanted)
        page.keyboard.press("Control+z")
        expect(field).to_have_value("a word")
    select(page, "word")
    page.keyboard.press("Control+b")
    page.keyboard.press("Control+b")
    expect(field).to_have_value("a word")
    page.keyboard.press("Control+b")
    page.keyboard.press("Control+Shift+e")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("word")
    page.keyboard.press("Enter")
    expect(preview).to_have_count(0)
    expect(bubble(other, "a word").locator("strong")).to_have_text("word")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Strikethrough, in the message field")
    expect(page.get_by_role("dialog")).to_contain_text("Paste without formatting")


@pytest.mark.slow
def test_a_new_line_goes_on_with_a_list_and_enter_sends(two: tuple[Page, Page]) -> None:
    page, other = two
    field = composer(page)
    field.press_sequentially("- one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("end")
    expect(field).to_have_value("- one\n- two\n\nend")
    page.keyboard.press("Enter")
    expect(field).to_have_value("")
    expect(bubbles(other).locator("li")).to_have_text(["one", "two"])
    expect(bubbles(other).locator("p")).to_contain_text("end")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("markup", "text", "wanted"),
    [
        (WORD, "Agenda", WORD_AS_MARKDOWN),
        (WRITER, "Plan", WRITER_AS_MARKDOWN),
        (SPREADSHEET, "Name\tPieces", SPREADSHEET_AS_MARKDOWN),
        (HOSTILE, "bold link", "**bold** link"),
        (CODE_EDITOR, "if x:", "if x:"),
        (CODE_EDITOR_IN_A_DOCUMENT, "if x:", "if x:"),
        ("<span>plain</span>", "plain", "plain"),
    ],
    ids=["Word", "a writer on the web", "a spreadsheet", "hostile", "a code editor", "in a document", "plain"],
)
def test_pasted_text_becomes_markdown(new_person: NewPerson, markup: str, text: str, wanted: str) -> None:
    person = new_person(permissions=["clipboard-read", "clipboard-write"])
    page = person.open("#/u/alice")
    copy(page, markup, text)
    page.keyboard.press("Control+v")
    expect(composer(page)).to_have_value(wanted)
    assert page.evaluate("window.hacked") is None
    if markup == HOSTILE:
        # DOMPurify removes the handlers from a document in which none could run; Chromium reports them all the same.
        person.complaints[:] = [said for said in person.complaints if "inline event handler" not in said]
    if wanted == text:
        return
    page.keyboard.press("Control+z")
    expect(composer(page)).to_have_value(text)
    composer(page).fill("")
    page.keyboard.press("Control+Shift+v")
    expect(composer(page)).to_have_value(text)


@pytest.mark.slow
def test_an_address_pasted_over_words_becomes_their_link(two: tuple[Page, Page]) -> None:
    page, other = two
    composer(page).fill("see this page")
    copy(page, "", "https://example.org/x")
    select(page, "this page")
    page.keyboard.press("Control+v")
    expect(composer(page)).to_have_value("see [this page](https://example.org/x)")
    page.keyboard.press("Enter")
    link = bubbles(other).get_by_role("link", name="this page")
    expect(link).to_have_attribute("href", "https://example.org/x")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")


PYTHON = "```python\ndef greet(name):\n    return f'hello {name}' * 3  # " + "long " * 40 + "\n```"
MESSAGES = [
    f"# Plan\n\n1. one\n2. two\n\n> quoted\n\n{'|awidecolumnwithoutspaces' * 8}|\n{'|---' * 8}|",
    "so ||the **butler** did https://example.org/it||",
    PYTHON,
]


@pytest.mark.slow
def test_spoilers_code_and_tables_are_read_with_keys_in_both_themes(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(bypass_csp=True, permissions=["clipboard-read", "clipboard-write"]), new_api_user()
    bob.say(alice.username, *MESSAGES)
    page = alice.open(f"#/u/{bob.username}")
    write(page, *MESSAGES)
    expect(page.locator(".hl-keyword").first).to_have_text("def")
    assert page.locator("pre").first.evaluate("pre => pre.scrollWidth > pre.clientWidth")
    assert page.locator(".table").first.evaluate("table => table.scrollWidth > table.clientWidth")
    assert fits(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        take_screenshot(page, f"markdown-desktop-{scheme}")
        assert violations(page) == [], scheme
    page.locator(".code-block").last.hover()
    page.get_by_role("button", name="Copy the code").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    # The page itself may not read the clipboard.
    composer(page).focus()
    page.keyboard.press("Control+v")
    expect(composer(page)).to_have_value(PYTHON.removeprefix("```python\n").removesuffix("\n```"))
    composer(page).fill("")
    expect(page.get_by_role("button", name="Spoiler, hidden")).to_have_count(2)
    spoiler = page.get_by_role("button", name="Spoiler, hidden").last
    expect(spoiler.locator("a")).to_be_hidden()
    spoiler.focus()
    page.keyboard.press("Enter")
    expect(bubbles(page).nth(4).locator("strong")).to_be_visible()
    expect(bubbles(page).nth(4).get_by_role("link")).to_be_visible()
    expect(page.get_by_role("button", name="Spoiler, hidden")).to_have_count(1)
    bob.say(alice.username, "now ||nobody|| knows")
    expect(line(page, bob.username.replace("user", "User ")).locator(".line-said")).to_have_text("now (spoiler) knows")


@pytest.mark.slow
def test_a_phone_shows_the_buttons_when_they_are_opened(new_person: NewPerson) -> None:
    person = new_person(bypass_csp=True, **PHONE)
    page = person.open("#/u/alice")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_role("button", name="Formatting").click()
    composer(page).fill("- one\n- two")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").locator("li")).to_have_text(["one", "two"])
    assert fits(page)
    take_screenshot(page, "formatting-phone")
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("toolbar")).to_be_visible()
    composer(page).fill("1. one")
    composer(page).press("End")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("1. one\n2. ")
