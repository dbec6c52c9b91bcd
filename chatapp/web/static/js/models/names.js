/** The names of people and groups, and their avatars. */

import { withoutControls } from "./bidi.js";
import { isBlank } from "./text.js";

const HUES = 8;

/** @param {{ firstName: string, lastName: string, username: string }} user */
export function fullName(user) {
  const name = withoutControls(`${user.firstName ?? ""} ${user.lastName ?? ""}`).trim();
  return isBlank(name) ? user.username : name;
}

/**
 * @param {string} name
 * @returns {string} one or two letters
 */
export function initials(name) {
  const words = withoutControls(name).trim().split(/\s+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked.map((word) => firstLetter(word)).join("").toLocaleUpperCase() || "?";
}

/** A visible letter: an emoji or an accented letter may be several code points. */
function firstLetter(/** @type {string} */ word) {
  const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  for (const { segment } of letters) return segment;
  return "";
}

/**
 * @param {string} id
 * @returns {number} which of the avatar colours: the same for the same id on every device
 */
export function hueOf(id) {
  let sum = 7;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}

/**
 * Text for a search: without case, accents and bidi controls.
 * @param {string} text
 */
export function folded(text) {
  return withoutControls(text).normalize("NFD").replace(/\p{Mn}/gu, "").toLocaleLowerCase();
}

/**
 * @param {string} haystack what is searched, folded
 * @param {string} query as typed: every word of it must begin a word
 */
export function matches(haystack, query) {
  return folded(query).split(/\s+/u).filter(Boolean).every((word) => ` ${haystack}`.includes(` ${word}`));
}
