/** The names of people and groups, and their avatars. */

import { leftToRightIn, withoutControls } from "./bidi.js";
import { isBlank } from "./text.js";

const HUES = 8;

/** Also the wide and the small form, which look like it. */
const AT = /[@＠﹫]/u;
const MARK = /\s\u200e?\(@[^\s()]+\)\u200e?$/u;

/**
 * The name of a person wherever it is shown. With the username behind it if it looks like that of somebody else, and if
 * it has an `@`: otherwise a name could pretend to have another person's mark.
 * @param {{ firstName: string, lastName: string, username: string, hasNamesake?: boolean }} user
 */
export function fullName(user) {
  const name = withoutControls(`${user.firstName ?? ""} ${user.lastName ?? ""}`).trim();
  if (isBlank(name)) return user.username;
  return user.hasNamesake || AT.test(name) ? `${name} ${leftToRightIn(name, `(@${user.username})`)}` : name;
}

/** Nobody can take such a username. @param {string} username @returns {boolean} whether it is that of a person who was removed */
export const isRemoved = (username) => username.startsWith("!removed-");

/**
 * @param {string} name
 * @returns {string} one or two letters
 */
export function initials(name) {
  const words = withoutControls(name).replace(MARK, "").trim().split(/\s+/u).filter(Boolean);
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
