"""CommonMark's own examples, drawn in a page and compared with the HTML that the specification gives."""

import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from chatapp.web import bundle, vendor
from chatapp.web.npm import npm
from tests.servers import ROOT

DRAW_EXAMPLES = """(examples) => {
    const { forgetAll, h, Markdown, parser, render } = drawing;
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
"""Draws each example in the page by `drawing_script`, and describes the elements: names, the attributes that mean
something, children."""

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
            tag, children = "a", [attributes.get("alt", "")]
            attributes = {"href": attributes.get("src", ""), "title": attributes.get("title", "")}
        result.append([tag, meant(tag, attributes, children), normalised(children, is_code=is_code or tag == "pre")])
    return result if is_code else trimmed(result)


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
    script = "process.stdout.write(JSON.stringify(require('commonmark-spec').tests))"
    tests: list[dict[str, Any]] = json.loads(_by_node("node", "-e", script))
    return tests


def drawing_script() -> str:
    """A classic script that defines `drawing`, which is what js/drawing.mjs exports."""
    module = ROOT / "tests" / "web" / "js" / "drawing.mjs"
    return _by_node(bundle.ESBUILD, "--bundle", "--format=iife", "--global-name=drawing", module)


def _by_node(*command: str | Path) -> str:
    folder = Path(npm()).parent
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=vendor.FOLDER, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    ).stdout
