/** The updates that arrive while a page of messages is on its way. The page is older than they are. */

import { withUpdate } from "./models/messagestate.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Update} Update
 */

/** The updates that have arrived since each page was asked for, by conversation. @type {Map<string, Set<Update[]>>} */
const underWay = new Map();

/** @param {string} key @param {Update} update that has just arrived */
export function noteUpdate(key, update) {
  underWay.get(key)?.forEach((updates) => updates.push(update));
}

/**
 * @param {string} key
 * @param {string} me
 * @param {() => Promise<Message[]>} fetchPage
 * @returns {Promise<Message[]>} the page, with the updates that have arrived since it was asked for
 */
export async function withUpdatesMeanwhile(key, me, fetchPage) {
  /** @type {Update[]} */
  const updates = [];
  const pages = underWay.get(key) ?? new Set();
  underWay.set(key, pages.add(updates));
  try {
    const page = await fetchPage();
    return updates.reduce((messages, update) => withUpdate(messages, update, me), page);
  } finally {
    pages.delete(updates);
    if (pages.size === 0) underWay.delete(key);
  }
}
