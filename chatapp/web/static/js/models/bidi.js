/**
 * Text whose direction or order differs from the page's. Names and messages run in the direction of their letters.
 * Characters that force another order are removed or shown, so that "\u202Egnp.exe" does not read as a picture's name.
 */

/** Unicode's embeddings, overrides and isolates. The marks U+200E, U+200F and U+061C are not among them: they move no letter. */
const CONTROL = /[\u202a-\u202e\u2066-\u2069]/gu;

/** Each of these ends a paragraph, and with it every open isolate. */
const PARAGRAPH_END = /[\n\r\u001c-\u001e\u0085\u2029]+/gu;

/** Unicode's blocks for right-to-left scripts, and the mark that counts as one of their letters. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const LEFT_TO_RIGHT_MARK = "\u200e";
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";

/**
 * A name or a preview, to be drawn in an element of its own.
 * @param {string} text
 */
export function withoutControls(text) {
  return text.replace(CONTROL, "");
}

/**
 * The same for a sentence without elements: in labels, titles and notifications. In a sentence that runs from left to
 * right, text that runs this way throughout needs no isolate.
 * @param {string} text
 * @param {"ltr" | "rtl"} [direction] of the sentence
 */
export function isolated(text, direction = "ltr") {
  const line = withoutControls(text).replace(PARAGRAPH_END, " ");
  return direction === "rtl" || RIGHT_TO_LEFT.test(line) ? FIRST_STRONG_ISOLATE + line + POP_DIRECTIONAL_ISOLATE : line;
}

/**
 * @param {string} text
 * @param {string} part to be put into the text, or behind it
 * @returns {string} the part, which runs from left to right also where the text does not
 */
export function leftToRightIn(text, part) {
  return RIGHT_TO_LEFT.test(text) ? LEFT_TO_RIGHT_MARK + part + LEFT_TO_RIGHT_MARK : part;
}

/** @typedef {{ text: string, isControl: boolean }} Run */

/**
 * Splits a message's text at its bidi controls, so that each control can be shown.
 * @param {string} text
 * @returns {Run[]} none of them empty
 */
export function runsOf(text) {
  /** @type {Run[]} */
  const runs = [];
  let at = 0;
  for (const { 0: control, index } of text.matchAll(CONTROL)) {
    if (index > at) runs.push({ text: text.slice(at, index), isControl: false });
    runs.push({ text: control, isControl: true });
    at = index + control.length;
  }
  if (at < text.length) runs.push({ text: text.slice(at), isControl: false });
  return runs;
}

/**
 * @param {string} character
 * @returns {string} its number as Unicode writes it, such as U+202E
 */
export function codePointOf(character) {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
