"""Messages as Markdown: CommonMark's own examples, and messages that attack whoever reads them."""

from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.commonmark import DRAW_EXAMPLES, Outline, canonical, drawing_script, examples, reason
from tests.web.hostile_messages import MESSAGES
from tests.web.page_checks import fits
from tests.web.people import Person, bubble
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

RECORD_VIOLATIONS = """
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + event.blockedURI));
"""

LOOK = """() => {
    const elements = [...document.querySelectorAll('.text *')];
    return {
        rows: [...document.querySelectorAll('.row-message')].map((row) => row.dataset.row),
        names: [...new Set(elements.map((element) => element.localName))],
        attributes: [...new Set(elements.flatMap((element) => element.getAttributeNames()))],
        protocols: [...new Set([...document.querySelectorAll('.text a')].map((link) => link.protocol))],
    };
}"""

SCROLL = """async (by) => {
    const scroller = document.querySelector('.scroller');
    scroller.scrollBy(0, by);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return document.querySelector('.row-start') !== null && scroller.scrollTop === 0;
}"""
"""Whether the first message is in sight."""

BLOCKS = {"blockquote", "div", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"}
INLINES = {"a", "br", "button", "code", "em", "path", "s", "span", "strong", "svg", "time"}
ATTRIBUTES = {
    "class",
    "data-code",
    "data-language",
    "dir",
    "href",
    "rel",
    "role",
    "start",
    "tabindex",
    "target",
    "title",
}
ATTRIBUTES_OF_BUTTONS = {"aria-expanded", "aria-hidden", "aria-label", "d", "focusable", "height", "type", "viewBox"}
ATTRIBUTES_OF_TIMES = {"datetime", "title", "width"}


@pytest.mark.slow
def test_commonmarks_own_examples_are_drawn_as_commonmark_says(new_person: NewPerson) -> None:
    page = new_person().open("#/u/alice")
    expect(page.locator(".messages")).to_be_visible()
    cases = [
        (test["number"], test["markdown"].replace("→", "\t"), test["html"].replace("→", "\t")) for test in examples()
    ]
    assert len(cases) > 600
    page.evaluate(drawing_script())
    drawn, with_any_address = page.evaluate(DRAW_EXAMPLES, [markdown for _, markdown, _ in cases])
    wrong: list[tuple[int, str, str, str]] = []
    exceptions: Counter[str] = Counter()
    for (number, markdown, html), strict, loose in zip(cases, drawn, with_any_address, strict=True):
        wanted = canonical(Outline(html).root)
        if canonical(strict) == wanted:
            continue
        why = reason(markdown, html, canonical(loose) == wanted)
        exceptions[why] += 1
        if not why:
            wrong.append((number, markdown, wanted, canonical(strict)))
    assert wrong == []
    assert dict(exceptions) == {
        "only http, https and mailto are links": 123,
        "raw HTML is text": 72,
        "bare addresses are links": 4,
        "what shows nothing is shown as typed": 1,
        "a picture without words shows its address": 1,
    }


@pytest.mark.slow
def test_no_message_runs_anything_or_loads_anything(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    assert len(set(MESSAGES)) > 250
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, *MESSAGES)
    page = alice.context.new_page()
    page.add_init_script(RECORD_VIOLATIONS)
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("dialog", lambda dialog: requested.append(f"dialog: {dialog.message}"))
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    expect(bubble(page, "tags")).to_be_visible()
    seen: set[str] = set()
    by = -800
    for _ in range(200):
        found = page.evaluate(LOOK)
        seen.update(found["rows"])
        assert set(found["names"]) <= BLOCKS | INLINES
        assert set(found["attributes"]) <= ATTRIBUTES | ATTRIBUTES_OF_BUTTONS | ATTRIBUTES_OF_TIMES
        assert set(found["protocols"]) <= {"http:", "https:", "mailto:"}
        if len(seen) == len(MESSAGES):
            break
        # Back down once all is loaded, as rows above may have been passed over while older ones arrived.
        by = 800 if page.evaluate(SCROLL, by) else by
    assert len(seen) == len(MESSAGES)
    links = page.locator(".text a")
    for link in links.all()[:5]:
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert page.evaluate("[window.hacked, violations, frames.length]") == [None, [], 0]
    hosts = {url.split("/")[2] for url in requested if not url.startswith("data:")}
    assert all(host.startswith("localhost:") for host in hosts), hosts
    assert fits(page)
