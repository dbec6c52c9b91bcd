/** Colours for code, by highlight.js, which is loaded with the first block of code that names its language. */

import { signal } from "@preact/signals";

/**
 * @typedef {typeof import("highlight.js").default} Highlighter
 * @typedef {import("highlight.js").Branch} Branch
 * @typedef {{ kind: string, text: string }} Piece `kind` is highlight.js's name for it, such as "keyword", or nothing
 */

/** Longer code is not coloured, because that would hold up the page. */
const CHARACTERS_MAX = 20_000;
const KEPT_MAX = 200;

/** @type {import("@preact/signals").Signal<Highlighter | null>} */
const highlighter = signal(null);

/** @type {Map<string, Piece[]>} */
const kept = new Map();

let isLoading = false;

export async function loadHighlighter() {
  if (isLoading) return;
  isLoading = true;
  try {
    highlighter.value = (await import("highlight.js")).default;
  } catch {
    isLoading = false;
  }
}

/**
 * @param {string} text
 * @param {string} language
 * @returns {Piece[] | null} null for an unknown language, and as long as the library is not there
 */
export function highlighted(text, language) {
  const library = highlighter.value;
  if (!library || !language || text.length > CHARACTERS_MAX || !library.getLanguage(language)) return null;
  const key = `${language}\n${text}`;
  const pieces = kept.get(key) ?? piecesOf(library.highlight(text, { language, ignoreIllegals: true })._emitter.rootNode);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, pieces);
  return pieces;
}

/**
 * highlight.js's own tree rather than its HTML. The innermost name counts.
 * @param {Branch} branch
 * @param {string} [around]
 * @returns {Piece[]}
 */
function piecesOf(branch, around = "") {
  const kind = branch.scope?.split(".")[0] ?? around;
  return branch.children.flatMap((child) => (typeof child === "string" ? [{ kind, text: child }] : piecesOf(child, kind)));
}
