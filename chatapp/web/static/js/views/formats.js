/** The kinds of formatting: their buttons, their keys, and what they do. */

import { makeLink, toggleCode, toggleItalic, toggleLines, toggleMark } from "../models/formatting.js";

/**
 * @typedef {import("../models/formatting.js").Field} Field
 * @typedef {import("../models/formatting.js").Edit} Edit
 * @typedef {object} Format
 * @property {keyof import("../sentences.js").Say["formats"]} name of its sentence
 * @property {import("./icons.js").IconName} icon
 * @property {string} code the key's place on the keyboard, which is the same in every alphabet
 * @property {boolean} hasShift
 * @property {string} keys for people
 * @property {boolean} [needsSelection] without selected text the keys mean something else: Ctrl K opens the palette
 * @property {(field: Field) => Edit} edit
 */

/** @type {Format[]} */
export const FORMATS = [
  { name: "bold", icon: "bold", code: "KeyB", hasShift: false, keys: "Ctrl B", edit: (field) => toggleMark(field, "**") },
  { name: "italic", icon: "italic", code: "KeyI", hasShift: false, keys: "Ctrl I", edit: toggleItalic },
  { name: "strike", icon: "strike", code: "KeyX", hasShift: true, keys: "Ctrl Shift X", edit: (field) => toggleMark(field, "~~") },
  { name: "code", icon: "code", code: "KeyE", hasShift: false, keys: "Ctrl E", edit: toggleCode },
  { name: "link", icon: "link", code: "KeyK", hasShift: false, keys: "Ctrl K", needsSelection: true, edit: makeLink },
  { name: "list", icon: "list", code: "Digit8", hasShift: true, keys: "Ctrl Shift 8", edit: (field) => toggleLines(field, "- ") },
  { name: "quote", icon: "quote", code: "Digit9", hasShift: true, keys: "Ctrl Shift 9", edit: (field) => toggleLines(field, "> ") },
  { name: "spoiler", icon: "spoiler", code: "KeyH", hasShift: true, keys: "Ctrl Shift H", edit: (field) => toggleMark(field, "||") },
];

export const PREVIEW = { code: "KeyE", hasShift: true, keys: "Ctrl Shift E" };

/**
 * Letters are found by what they write, so that the keys are where a person's layout has them.
 * @param {KeyboardEvent} event
 * @param {{ code: string, hasShift: boolean }} wanted
 */
export function isKeyOf(event, { code, hasShift }) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey !== hasShift) return false;
  const isLatin = /^[a-z]$/iu.test(event.key);
  return isLatin ? code === `Key${event.key.toUpperCase()}` : code === event.code;
}
