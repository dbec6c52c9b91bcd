/** What the buttons and keys of the message field do to its text. */

/**
 * @typedef {{ text: string, start: number, end: number }} Field a text and what is selected in it
 * @typedef {{ from: number, to: number, insert: string, start: number, end: number }} Edit
 *   replaces the text between `from` and `to`, and selects from `start` to `end` of the new text
 */

const BLANK_LINES = /(\n[ \t]*\n\s*)/u;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * Sets the marks around what is selected, or takes them away. Marks do not reach across blank lines in Markdown, so each
 * paragraph gets its own.
 * @param {Field} field
 * @param {string} mark
 * @returns {Edit}
 */
export function toggleMark(field, mark) {
  const { start, end } = withoutSpaces(field);
  const before = field.text.slice(0, start);
  const after = field.text.slice(end);
  const selected = field.text.slice(start, end);
  if (isMarked(before, after, mark)) return edit(start - mark.length, end + mark.length, selected);
  const parts = selected.split(BLANK_LINES);
  const isWhole = parts.every((part, at) => at % 2 === 1 || hasMarks(part, mark));
  if (isWhole && selected) return edit(start, end, parts.map((part, at) => (at % 2 === 1 ? part : part.slice(mark.length, -mark.length))).join(""));
  const insert = parts.map((part, at) => (at % 2 === 1 ? part : mark + part + mark)).join("");
  const inside = parts.length === 1 ? mark.length : 0;
  return { from: start, to: end, insert, start: start + inside, end: start + insert.length - inside };
}

/** Italic is `_`, which counts at the edges of words only; within a word it is `*`. @param {Field} field */
export function toggleItalic(field) {
  const { start, end } = withoutSpaces(field);
  const before = field.text.slice(0, start);
  const after = field.text.slice(end);
  const isStar = isMarked(before, after, "*") && !isMarked(before, after, "**");
  const isInWord = start !== end && (WORD.test(before.slice(-1)) || WORD.test(after.slice(0, 1))) && !isMarked(before, after, "_");
  return toggleMark(field, isStar || isInWord ? "*" : "_");
}

/** Several lines become a block of code. @param {Field} field */
export function toggleCode(field) {
  const { text, start, end } = field;
  const selected = text.slice(start, end);
  if (!selected.includes("\n")) return toggleMark(field, selected.includes("`") ? "``" : "`");
  const fence = "`".repeat(Math.max(3, ...[...selected.matchAll(/`+/gu)].map(([run]) => run.length + 1)));
  const lead = start > 0 && text[start - 1] !== "\n" ? "\n" : "";
  const insert = `${lead}${fence}\n${selected.replace(/\n$/u, "")}\n${fence}\n`;
  const at = start + lead.length + fence.length;
  return { from: start, to: end, insert, start: at, end: at };
}

/**
 * The selected words become a link, and its address is selected to be typed; a selected address waits for its words.
 * @param {Field} field
 * @param {string} [address] known already, as when it is pasted
 * @returns {Edit}
 */
export function makeLink(field, address = "") {
  const { start, end } = withoutSpaces(field);
  const selected = field.text.slice(start, end);
  if (isAddress(selected) && !address) return { from: start, to: end, insert: `[](${selected})`, start: start + 1, end: start + 1 };
  const label = selected.replace(/[[\]]/gu, "\\$&");
  const shown = address || "https://";
  const insert = `[${label}](${shown})`;
  const at = start + label.length + 3;
  const after = start + insert.length;
  if (!selected) return { from: start, to: end, insert, start: start + 1, end: start + 1 };
  return { from: start, to: end, insert, start: address ? after : at, end: address ? after : at + shown.length };
}

/** @param {string} text */
export function isAddress(text) {
  return /^https?:\/\/[^\s<>]+$/iu.test(text);
}

/**
 * Begins every selected line with a prefix, or takes it away from all.
 * @param {Field} field
 * @param {"- " | "> "} prefix
 * @returns {Edit}
 */
export function toggleLines(field, prefix) {
  const from = field.text.lastIndexOf("\n", field.start - 1) + 1;
  const newline = field.text.indexOf("\n", field.end);
  const to = newline === -1 ? field.text.length : newline;
  const lines = field.text.slice(from, to).split("\n");
  const isSet = lines.every((line) => line.startsWith(prefix) || line === "") && lines.some((line) => line !== "");
  const changed = lines.map((line) => (isSet ? line.slice(line === "" ? 0 : prefix.length) : line === "" && lines.length > 1 ? line : prefix + line));
  const insert = changed.join("\n");
  const isCaret = field.start === field.end;
  const caret = Math.max(from, field.start + changed[0].length - lines[0].length);
  return { from, to, insert, start: isCaret ? caret : from, end: isCaret ? caret : from + insert.length };
}

const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))([ \t]+)/u;
const QUOTE = /^(?:\s*>[ \t]?)+/u;

/**
 * What a new line begins with in a list, a quote or a block of code. An empty item ends its list.
 * @param {Field} field
 * @returns {Edit | null} null for an ordinary new line
 */
export function continueLine(field) {
  const { text, start, end } = field;
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const line = text.slice(from, start);
  if (isInFence(text.slice(0, from))) return insertAt(field, `\n${/^[ \t]*/u.exec(line)?.[0] ?? ""}`);
  const lead = leadOf(line);
  if (!lead) return null;
  const isEmpty = line.trimEnd() === lead.found.trimEnd() && start === end;
  return isEmpty ? edit(from, end, "", from) : insertAt(field, `\n${lead.next}`);
}

/** @param {string} line */
function leadOf(line) {
  const item = ITEM.exec(line);
  if (item) return { found: item[0], next: `${item[1]}${item[2] ?? `${Number(item[3]) + 1}${item[4]}`}${item[5]}` };
  const quote = QUOTE.exec(line);
  return quote && { found: quote[0], next: `${quote[0].trimEnd()} ` };
}

/** @param {string} before the lines before */
function isInFence(before) {
  let fence = "";
  for (const [, found] of before.matchAll(/^ {0,3}(`{3,}|~{3,})[^\n]*$/gmu)) {
    if (!fence) fence = found;
    else if (found[0] === fence[0] && found.length >= fence.length) fence = "";
  }
  return fence !== "";
}

/**
 * @param {Field} field
 * @param {string} insert
 * @returns {Edit}
 */
export function insertAt({ start, end }, insert) {
  return edit(start, end, insert, start + insert.length);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {string} insert
 * @param {number} [caret] else what was inserted is selected
 * @returns {Edit}
 */
function edit(from, to, insert, caret) {
  return { from, to, insert, start: caret ?? from, end: caret ?? from + insert.length };
}

/** Marks beside a space do not count in Markdown. @param {Field} field */
function withoutSpaces({ text, start, end }) {
  const selected = text.slice(start, end);
  if (selected.trim() === "") return { start, end };
  return { start: start + selected.length - selected.trimStart().length, end: end - (selected.length - selected.trimEnd().length) };
}

/**
 * @param {string} before
 * @param {string} after
 * @param {string} mark
 */
function isMarked(before, after, mark) {
  return before.endsWith(mark) && after.startsWith(mark);
}

/**
 * @param {string} text
 * @param {string} mark
 */
function hasMarks(text, mark) {
  return text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark);
}
