import { withoutControls } from "./bidi.js";

/**
 * Message text as parts: plain text, links and code. Nothing here makes markup. Views turn each part into a text node
 * of its own element, so a message is always text.
 */

/**
 * @typedef {{ type: "text", text: string }} TextPart
 * @typedef {{ type: "link", text: string, href: string }} LinkPart
 * @typedef {{ type: "code", text: string }} CodePart
 * @typedef {{ type: "block", text: string }} BlockPart
 * @typedef {TextPart | LinkPart | CodePart | BlockPart} Part
 */

const CODE = /```(?:[\w+#.-]*\n)?([\s\S]+?)```|`([^`\n]+)`/gu;

/** No white space, no quotes or brackets of markup, and no invisible characters that could disguise an address. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/giu;

const TRAILING = /[.,:;!?…'"*_~]+$/u;

/**
 * @param {string} content
 * @returns {Part[]}
 */
export function partsOf(content) {
  /** @type {Part[]} */
  const parts = [];
  let at = 0;
  for (const match of content.matchAll(CODE)) {
    addText(parts, content.slice(at, match.index));
    if (match[1] === undefined) parts.push({ type: "code", text: match[2] });
    else parts.push({ type: "block", text: match[1].replace(/\n$/u, "") });
    at = match.index + match[0].length;
  }
  addText(parts, content.slice(at));
  return parts;
}

/**
 * @param {Part[]} parts
 * @param {string} text
 */
function addText(parts, text) {
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!isSafe(address)) continue;
    pushText(parts, text.slice(at, match.index));
    parts.push({ type: "link", text: address, href: address });
    at = match.index + address.length;
  }
  pushText(parts, text.slice(at));
}

/**
 * @param {Part[]} parts
 * @param {string} text
 */
function pushText(parts, text) {
  if (text) parts.push({ type: "text", text });
}

/** An address at the end of a sentence, or in brackets, does not include the full stop or the bracket. */
function trimmed(/** @type {string} */ address) {
  let result = address.replace(TRAILING, "");
  while (/[)\]}]$/u.test(result) && isUnbalanced(result)) result = result.slice(0, -1).replace(TRAILING, "");
  return result;
}

/** @param {string} address */
function isUnbalanced(address) {
  const opened = address.match(/[([{]/gu)?.length ?? 0;
  const closed = address.match(/[)\]}]/gu)?.length ?? 0;
  return closed > opened;
}

/** @param {string} address */
function isSafe(address) {
  try {
    const url = new URL(address);
    return (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "" && url.username === "";
  } catch {
    return false;
  }
}

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}|\s){1,12}$/v;
const EMOJI_LARGE_MAX = 3;

/**
 * @param {string} content
 * @returns {boolean} whether it is only a few emoji, which are drawn large
 */
export function isEmojiOnly(content) {
  if (content.length > 40 || !EMOJI_ONLY.test(content)) return false;
  const count = [...new Intl.Segmenter().segment(content.replace(/\s/gu, ""))].length;
  return count >= 1 && count <= EMOJI_LARGE_MAX;
}

const PREVIEW_CHARACTERS = 160;

/**
 * A message as one line, for lists and notifications.
 * @param {string} content
 */
export function previewOf(content) {
  return withoutControls(content.slice(0, PREVIEW_CHARACTERS)).replace(/`+/gu, "").replace(/\s+/gu, " ").trim();
}

const LONG_LINES = 40;
const LONG_CHARACTERS = 4_000;

/**
 * @param {string} content
 * @returns {string | null} the beginning of a very long message; null for other messages
 */
export function beginningOf(content) {
  let end = content.length > LONG_CHARACTERS ? LONG_CHARACTERS : content.length;
  let newline = -1;
  for (let line = 0; line < LONG_LINES; line += 1) {
    newline = content.indexOf("\n", newline + 1);
    if (newline === -1) break;
  }
  if (newline !== -1) end = Math.min(end, newline);
  return end === content.length ? null : content.slice(0, end);
}
