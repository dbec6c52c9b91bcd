/** The search over HTTP. */

import { call } from "./api.js";

/**
 * @param {string} text in the language of docs/protocol.md, "Searching"
 * @param {"newest" | "relevance"} order
 * @param {string | null} cursor of the page before
 * @param {AbortSignal} cancelled
 * @returns {Promise<import("./protocol.js").SearchPage>}
 */
export function searchMessages(text, order, cursor, cancelled) {
  const query = new URLSearchParams({ q: text, order, utcOffset: String(-new Date().getTimezoneOffset()) });
  if (cursor) query.set("cursor", cursor);
  return call("GET", `/search?${query}`, undefined, cancelled);
}
