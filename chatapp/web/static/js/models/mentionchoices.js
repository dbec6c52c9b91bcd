/** Who could be meant by an `@` that is being typed. */

import { folded } from "./names.js";

/** Suggestions at once. */
const MOST = 8;

/** As on the server: not within a word, an address of mail or of a page. A script without spaces has no such words. */
const TYPED = /(?<![@\/]|[[\p{L}\p{N}_]--[\u2E80-\u{10FFFF}]])@([\p{L}\p{M}\p{N}_.\-+@]{0,64})$/v;

/**
 * @param {string} text
 * @param {number} caret
 * @returns {{ start: number, query: string } | null} what is typed of a mention before the caret
 */
export function typedMention(text, caret) {
  const found = TYPED.exec(text.slice(Math.max(0, caret - 100), caret));
  return found && { start: caret - found[0].length, query: found[1] };
}

/** @typedef {{ username: string, name: string, isForAll?: boolean }} Choice */

/**
 * @param {Choice[]} people
 * @param {string[]} speakers usernames of who wrote lately, the latest first
 * @param {string} query the beginning of a username, or of any word of a name
 * @returns {Choice[]} who wrote lately comes first, then the others by name, then all at once
 */
export function choicesFor(people, speakers, query) {
  const wanted = folded(query);
  const rank = new Map(speakers.map((username, index) => [username, index]));
  const rankOf = (/** @type {Choice} */ { username, isForAll }) => (isForAll ? speakers.length + 1 : (rank.get(username) ?? speakers.length));
  const fits = (/** @type {Choice} */ { username, name }) => folded(username).startsWith(wanted) || ` ${folded(name)}`.includes(` ${wanted}`);
  return people
    .filter(fits)
    .sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name))
    .slice(0, MOST);
}

/**
 * @param {{ sender: string }[]} messages oldest first
 * @returns {string[]} their senders, the latest first
 */
export function speakersIn(messages) {
  return [...new Set(messages.map(({ sender }) => sender).reverse())];
}
