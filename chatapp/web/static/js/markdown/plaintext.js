/** A message without its Markdown. */

import { say } from "../strings.js";
import { parse } from "./parser.js";

/** @typedef {import("./tree.js").Node} Node */

const INLINE = new Set(["text", "break", "code", "strong", "emphasis", "strike", "spoiler", "link"]);

/** A spoiler without its end, as the beginning of a message may have one. */
const OPEN_SPOILER = /(^|\s)\|\|(?=[^\s|]).*$/su;

/**
 * @param {string} content
 * @returns {string} with a space between blocks; spoilers stay hidden
 */
export function plainTextOf(content) {
  return parse(content).map(textOf).join("").replace(OPEN_SPOILER, `$1${say.spoilerInPreview}`).trim();
}

/**
 * @param {Node} node
 * @returns {string}
 */
function textOf(node) {
  if (node.type === "spoiler") return say.spoilerInPreview;
  const text = node.type === "break" ? " " : (node.text ?? node.children.map(textOf).join(""));
  return INLINE.has(node.type) ? text : `${text} `;
}
