"""Messages as Markdown: what people type, what the others see, and CommonMark's own examples."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from playwright.sync_api import Page, expect

from chatapp.web import vendor
from tests.web.hostile_messages import MESSAGES
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, bubbles, composer, line, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

RENDER = """async (examples) => {
    const imports = JSON.parse(document.querySelector('script[type=importmap]').textContent).imports;
    const base = document.querySelector('link[href$="/store.js"]').href.replace('store.js', '');
    const { h, render } = await import(imports.preact);
    const { Markdown } = await import(base + 'markdown/index.js');
    const { forgetAll, parser } = await import(base + 'markdown/parser.js');
    const strict = parser.validateLink;
    const outline = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data;
        const children = [...node.childNodes].map(outline);
        if (node.matches('.code-copy')) return '';
        const attributes = Object.fromEntries(['href', 'start', 'data-language', 'title'].flatMap(
            (name) => (node.hasAttribute(name) ? [[name, node.getAttribute(name)]] : [])));
        const level = /heading-(\\d)/.exec(node.className)?.[1];
        return [level ? `h${level}` : node.localName, attributes, children];
    };
    const root = document.body.appendChild(document.createElement('div'));
    const draw = (content) => {
        render(h('div', { class: 'text' }, h(Markdown, { content })), root);
        const { childNodes } = root.firstChild;
        const isBare = ![...childNodes].some((node) => node.matches?.('p, ul, ol, blockquote, hr, div'));
        const drawn = [...childNodes].map(outline);
        render(null, root);
        return isBare ? [['p', {}, drawn]] : drawn;
    };
    const results = examples.map((content) => draw(content));
    // Once more, with every address, for the examples whose addresses are no links here.
    parser.validateLink = () => true;
    forgetAll();
    const withAnyAddress = examples.map((content) => draw(content));
    parser.validateLink = strict;
    forgetAll();
    root.remove();
    return [results, withAnyAddress];
}"""
"""Draws each example in the page, and describes the elements: names, the attributes that mean something, children."""

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

DRAWN_NAMES = set(
    "a blockquote br button code div em hr li ol p path pre s span strong svg table tbody td th thead time tr ul".split()
)
DRAWN_ATTRIBUTES = set(
    "aria-expanded aria-hidden aria-label class d data-code data-language datetime dir focusable height href rel role "
    "start tabindex target title type viewBox width".split()
)

VOID = {"br", "hr", "img"}


class Outline(HTMLParser):
    """Expected HTML as the same outline: [name, attributes, children]."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Any] = []
        self.open: list[tuple[str, list[Any]]] = [("", self.root)]
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: list[Any] = [tag, dict(attrs), []]
        self.open[-1][1].append(node)
        if tag not in VOID:
            self.open.append((tag, node[2]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self.open) > 1:
            _, children = self.open.pop()
            if tag == "code" and self.open[-1][0] == "pre" and children:
                # The newline at the end of code, which the page does not draw.
                children[:] = ["".join(children).removesuffix("\n")] if children != ["\n"] else []

    def handle_data(self, data: str) -> None:
        self.open[-1][1].append(data)


BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "div"}


def normalised(nodes: list[Any], *, is_code: bool = False) -> list[Any]:
    """The same for both sides: text joined, white space between blocks left out, names as CommonMark has them."""
    result: list[Any] = []
    for node in nodes:
        if isinstance(node, str):
            if result and isinstance(result[-1], str):
                result[-1] += node
            elif node:
                result.append(node)
            continue
        tag, attributes, children = node
        if tag == "div" or (tag == "span" and not attributes):
            result.extend(normalised(children))
            continue
        if tag == "img":
            tag, attributes, children = "a", {"href": attributes.get("src", ""), **title(attributes)}, [attributes.get("alt", "")]
        result.append([tag, meant(tag, attributes, children), normalised(children, is_code=is_code or tag == "pre")])
    return result if is_code else trimmed(result)


def title(attributes: dict[str, str]) -> dict[str, str]:
    return {"title": attributes["title"]} if attributes.get("title") else {}


def meant(tag: str, attributes: dict[str, str], children: list[Any]) -> dict[str, str]:
    if tag == "a":
        # The page adds the address to a title.
        address = attributes.get("href", "")
        given = f"\n{attributes.get('title', '')}".removesuffix(f"\n{address}").removeprefix("\n")
        return {"href": address} | ({"title": given} if given else {})
    if tag == "pre":
        code = next((child for child in children if not isinstance(child, str)), ["", {}, []])
        name = attributes.get("data-language") or code[1].get("class", "").removeprefix("language-")
        return {"language": name} if name else {}
    if tag == "ol":
        return {"start": attributes.get("start", "1")}
    return {}


def trimmed(nodes: list[Any]) -> list[Any]:
    """Without the newlines that HTML has between blocks and after breaks."""
    result: list[Any] = []
    for at, node in enumerate(nodes):
        if not isinstance(node, str):
            result.append(node)
            continue
        before = nodes[at - 1] if at else None
        after = nodes[at + 1] if at + 1 < len(nodes) else None
        text = node
        if before is None or before[0] in BLOCKS | {"br"}:
            text = text.removeprefix("\n")
        if after is None or after[0] in BLOCKS:
            text = text.removesuffix("\n")
        if text:
            result.append(text)
    return result


def canonical(nodes: list[Any]) -> str:
    return json.dumps(normalised(nodes), ensure_ascii=False)


def reason(markdown: str, html: str, is_equal_with_any_address: bool) -> str:
    """The rule by which a message deliberately differs from an example; empty where it should not."""
    if is_equal_with_any_address:
        return "only http, https and mailto are links"
    if html.strip() == "":
        return "what shows nothing is shown as typed"
    if re.search(r"<(?:/?[a-z][a-z\d-]*(?:[\s/>]|$)|[!?])", markdown, re.IGNORECASE):
        return "raw HTML is text"
    if re.search(r"https?://|@\w", markdown):
        return "bare addresses are links"
    return "a picture without words shows its address" if "![](" in markdown else ""


def examples() -> list[dict[str, Any]]:
    npm = vendor.found_npm()
    node = str(npm).removesuffix("npm") + "node" if npm else "node"
    script = "process.stdout.write(JSON.stringify(require('commonmark-spec').tests))"
    found = subprocess.run([node, "-e", script], cwd=vendor.FOLDER, capture_output=True, text=True, check=True)  # noqa: S603
    tests: list[dict[str, Any]] = json.loads(found.stdout)
    return tests


def test_commonmarks_own_examples_are_drawn_as_commonmark_says(new_person: NewPerson) -> None:
    page = new_person().open("#/u/alice")
    expect(page.locator(".messages")).to_be_visible()
    cases = [
        (test["number"], test["markdown"].replace("→", "\t"), test["html"].replace("→", "\t")) for test in examples()
    ]
    assert len(cases) > 600
    drawn, with_any_address = page.evaluate(RENDER, [markdown for _, markdown, _ in cases])
    wrong: list[Any] = []
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
        assert set(found["names"]) <= DRAWN_NAMES
        assert set(found["attributes"]) <= DRAWN_ATTRIBUTES
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
