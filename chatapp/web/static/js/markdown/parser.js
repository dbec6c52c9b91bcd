/** CommonMark with tables, strikethrough, bare addresses and spoilers. Raw HTML is text. */

import MarkdownIt from "markdown-it";
import { isLinkable } from "./addresses.js";
import { addSpoilers, stopAtMarks } from "./spoilers.js";
import { treeOf } from "./tree.js";

/** @typedef {import("./tree.js").Node} Node */

/** markdown-it leaves out what is nested more deeply, so such a message is shown as it was typed. */
const NESTING_MAX = 40;

export const parser = new MarkdownIt({ html: false, linkify: true, maxNesting: NESTING_MAX });

parser.linkify.set({ fuzzyLink: false }).add("ftp:", null).add("//", null);
stopAtMarks(parser.linkify);
// An address is shown as it was typed. Decoded, it might look like another one.
parser.normalizeLinkText = (address) => address;
parser.validateLink = isLinkable;
addSpoilers(parser);

/** Characters of messages whose trees are kept: some thousand usual messages. */
const KEPT_CHARACTERS_MAX = 1_000_000;

/** @type {Map<string, Node[]>} */
const kept = new Map();
let keptCharacters = 0;

/**
 * The tree of a message. Kept, because the list of messages asks again with every draw.
 * @param {string} content
 * @returns {Node[]} not empty
 */
export function parse(content) {
  const known = kept.get(content);
  if (known) return known;
  if (keptCharacters > KEPT_CHARACTERS_MAX) forgetAll();
  const tree = parsed(content);
  kept.set(content, tree);
  keptCharacters += content.length;
  return tree;
}

export function forgetAll() {
  kept.clear();
  keptCharacters = 0;
}

/**
 * @param {string} content
 * @returns {Node[]}
 */
function parsed(content) {
  const tokens = parser.parse(content, {});
  for (const token of tokens) token.info = parser.utils.unescapeAll(token.info);
  const isTooDeep = tokens.some(({ level }) => level >= NESTING_MAX - 1);
  const tree = isTooDeep ? [] : treeOf(tokens);
  // A message of nothing but definitions of links would be empty.
  return tree.length > 0 ? tree : [{ type: "paragraph", children: [{ type: "text", text: content, children: [] }] }];
}
