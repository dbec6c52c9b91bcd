/** Draws a message's tree. Every text becomes a text node, and every element is named here: there is no HTML to sanitise. */

import { h } from "preact";
import { useMemo } from "preact/hooks";
import { say } from "../strings.js";
import { html } from "../views/html.js";
import { drawRuns } from "../views/runs.js";
import { CodeBlock } from "./code.js";
import { MentionText, Mentions, typedIn } from "./mentions.js";
import { parse } from "./parser.js";
import { Spoiler } from "./spoiler.js";

/** @typedef {import("./tree.js").Node} Node */

/**
 * @param {{ content: string, whole: string, mentions?: import("../protocol.js").Mention[], children?: any }} props the
 * children go behind the last word; `content` is the beginning of the `whole` text, in which the mentions are
 */
export function Markdown({ content, whole, mentions, children }) {
  const typed = useMemo(() => typedIn(whole, mentions), [whole, mentions]);
  return html`<${Mentions.Provider} value=${typed}><${Tree} content=${content}>${children}<//><//>`;
}

/** @param {{ content: string, children?: any }} props */
function Tree({ content, children }) {
  const tree = parse(content);
  const last = tree[tree.length - 1];
  const drawn = useMemo(() => ({ blocks: tree.slice(0, -1).map(draw), last: last.type === "paragraph" ? drawAll(last) : draw(last) }), [tree]);
  if (last.type !== "paragraph") return html`${drawn.blocks}${drawn.last}${children}`;
  return tree.length === 1 ? html`${drawn.last}${children}` : html`${drawn.blocks}<p>${drawn.last}${children}</p>`;
}

/** @type {Record<Node["type"], string>} */
const TAGS = {
  paragraph: "p",
  heading: "p",
  quote: "blockquote",
  bullets: "ul",
  numbers: "ol",
  item: "li",
  fence: "pre",
  rule: "hr",
  table: "table",
  head: "thead",
  body: "tbody",
  row: "tr",
  headCell: "th",
  cell: "td",
  text: "span",
  break: "br",
  code: "code",
  strong: "strong",
  emphasis: "em",
  strike: "s",
  spoiler: "span",
  link: "a",
};

/** @type {Partial<Record<Node["type"], (node: Node) => any>>} */
const SPECIAL = {
  text: ({ text = "" }) => (text.includes("@") ? html`<${MentionText} text=${text} />` : drawRuns(text)),
  // Code runs from left to right, whatever is around it.
  code: ({ text = "" }) => html`<code dir="ltr">${drawRuns(text)}</code>`,
  fence: ({ text = "", detail = "" }) => html`<${CodeBlock} text=${text} language=${detail} />`,
  spoiler: (node) => html`<${Spoiler}>${drawAll(node)}<//>`,
  link: drawLink,
  heading: (node) => html`<p class=${`heading heading-${node.number}`}>${drawAll(node)}</p>`,
  numbers: (node) => html`<ol start=${node.number}>${drawAll(node)}</ol>`,
  table: (node) => html`<div class="table" role="group" aria-label=${say.table} tabIndex=${0}><table>${drawAll(node)}</table></div>`,
  headCell: drawCell,
  cell: drawCell,
};

/**
 * @param {Node} node
 * @returns {any}
 */
function draw(node) {
  return SPECIAL[node.type]?.(node) ?? h(TAGS[node.type], null, drawAll(node));
}

/**
 * @param {Node} node
 * @returns {any[]}
 */
function drawAll(node) {
  return node.children.map(draw);
}

/**
 * An address runs from left to right. Other words may lead elsewhere than they say, so the address is in the title.
 * @param {Node} node
 */
function drawLink(node) {
  const { detail = "", title, children } = node;
  const isAddress = children.length === 1 && detail.endsWith(children[0].text ?? "\n");
  const hint = title ? `${title}\n${detail}` : detail;
  return html`<a href=${detail} dir=${isAddress ? "ltr" : undefined} title=${isAddress && !title ? undefined : hint} target="_blank" rel="noopener noreferrer nofollow"><${Mentions.Provider} value=${null}>${drawAll(node)}<//></a>`;
}

/** @param {Node} node */
function drawCell(node) {
  return h(TAGS[node.type], { class: node.detail ? `align-${node.detail}` : undefined }, drawAll(node));
}
