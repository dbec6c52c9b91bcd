/**
 * Pasting into the message field. Formatted text becomes Markdown. The plain text is inserted first, so that one undo
 * leads back to it, and so that it is there at once while the converter is being loaded.
 */

import { isAddress, makeLink } from "../models/formatting.js";
import { applyEdit, fieldOf } from "./editing.js";

/** Formatting that Markdown has, in any word processor's, spreadsheet's or page's HTML. */
const FORMATTED =
  /<(?:b|strong|i|em|s|del|strike|a|ul|ol|table|h[1-6]|blockquote|pre|code)[\s>]|mso-list|font-weight:\s*(?:bold|[6-9]00)|font-style:\s*italic|line-through/iu;

let isPlainWanted = false;

/** Ctrl+Shift+V pastes plain text. @param {KeyboardEvent} event */
export function noticePasteKey(event) {
  if (event.code === "KeyV" || event.key.toLowerCase() === "v") isPlainWanted = (event.ctrlKey || event.metaKey) && event.shiftKey;
}

/** @param {ClipboardEvent} event */
export function onPaste(event) {
  const isPlain = isPlainWanted;
  isPlainWanted = false;
  const field = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/gu, "\n") ?? "";
  const markup = event.clipboardData?.getData("text/html") ?? "";
  if (isPlain) return;
  if (isAddress(text.trim()) && isLabel(field)) {
    event.preventDefault();
    applyEdit(field, makeLink(fieldOf(field), text.trim()));
  } else if (FORMATTED.test(markup)) {
    event.preventDefault();
    pasteFormatted(field, text, markup);
  }
}

/** Whether words are selected that a pasted address can belong to. @param {HTMLTextAreaElement} field */
function isLabel({ value, selectionStart, selectionEnd }) {
  const selected = value.slice(selectionStart, selectionEnd).trim();
  return selected !== "" && !selected.includes("\n") && !isAddress(selected);
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 * @param {string} markup
 */
async function pasteFormatted(field, text, markup) {
  const from = field.selectionStart;
  const to = from + text.length;
  applyEdit(field, { from, to: field.selectionEnd, insert: text, start: to, end: to });
  const markdown = await converted(markup);
  const isThere = field.isConnected && field.value.slice(from, to) === text;
  if (!markdown || markdown === text.trim() || !isThere) return;
  const end = from + markdown.length;
  applyEdit(field, { from, to, insert: markdown, start: end, end });
}

/** @param {string} markup */
async function converted(markup) {
  try {
    return (await import("../pasting/index.js")).markdownOf(markup);
  } catch {
    // The plain text is there already.
    return "";
  }
}
