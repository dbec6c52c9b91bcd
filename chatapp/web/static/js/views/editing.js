/** Edits the message field as if they were typed, so that the browser's own undo takes them back. */

/** @typedef {import("../models/formatting.js").Edit} Edit */

/**
 * @param {HTMLTextAreaElement} field
 * @returns {import("../models/formatting.js").Field}
 */
export function fieldOf({ value, selectionStart, selectionEnd }) {
  return { text: value, start: selectionStart, end: selectionEnd };
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {Edit} edit
 */
export function applyEdit(field, { from, to, insert, start, end }) {
  field.focus();
  field.setSelectionRange(from, to);
  const isDone = insert ? document.execCommand("insertText", false, insert) : from === to || document.execCommand("delete");
  if (!isDone) {
    field.setRangeText(insert, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}
