/** The requests about threads. */

import { call } from "../../api.js";

/**
 * Opens the thread of a message, and follows it.
 * @param {string} messageId
 * @returns {Promise<import("../../protocol.js").WireConversation>}
 */
export async function openThreadOf(messageId) {
  return (await call("POST", `/message/${encodeURIComponent(messageId)}/thread`)).thread;
}

/** @param {string} threadId */
export async function unfollow(threadId) {
  await call("PUT", `/thread/${encodeURIComponent(threadId)}/following`, { on: false });
}
