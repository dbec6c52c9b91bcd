/** The part of a message that a search shows: one line around the first match, with the matches marked. */

import { withoutControls } from "./bidi.js";

const BEFORE = 40;
const LENGTH = 200;

/** @typedef {{ text: string, isMark: boolean }} Piece */

/**
 * @param {string} content
 * @param {[number, number][]} ranges the matches, in order and without overlaps, the ends exclusive
 * @returns {Piece[]} none of them empty
 */
export function snippetOf(content, ranges) {
  const from = startAt(content, ranges[0]?.[0] ?? 0);
  const to = Math.min(content.length, from + LENGTH);
  /** @type {Piece[]} */
  const pieces = [];
  let at = from;
  for (const [start, end] of ranges) {
    if (start >= to) break;
    push(pieces, content.slice(at, start), false);
    push(pieces, content.slice(Math.max(at, start), Math.min(end, to)), true);
    at = Math.min(end, to);
  }
  push(pieces, content.slice(at, to), false);
  if (from > 0) pieces.unshift({ text: "…", isMark: false });
  if (to < content.length) pieces.push({ text: "…", isMark: false });
  return pieces;
}

/**
 * A little before the first match, at the beginning of a word if there is one.
 * @param {string} content
 * @param {number} first
 */
function startAt(content, first) {
  if (first <= BEFORE) return 0;
  const space = content.slice(first - BEFORE, first).search(/\s/u);
  return first - BEFORE + (space === -1 ? 0 : space + 1);
}

/**
 * @param {Piece[]} pieces
 * @param {string} text
 * @param {boolean} isMark
 */
function push(pieces, text, isMark) {
  const line = withoutControls(text).replace(/\s+/gu, " ");
  if (line) pieces.push({ text: line, isMark });
}
