/** Pages of messages of a conversation. */

import { fetchMessages } from "./api.js";
import { parseKey } from "./models/keys.js";
import { withUpdatesMeanwhile } from "./pageupdates.js";
import * as store from "./store.js";

/**
 * @param {string} key
 * @param {{ before?: number, after?: number }} [where]
 * @returns {Promise<import("./protocol.js").Message[]>} as they are now. Throws ApiError.
 */
export async function fetchPage(key, where) {
  const me = store.me.peek();
  const { receiver, group } = parseKey(key);
  const page = await withUpdatesMeanwhile(key, me, () => fetchMessages(me, receiver, group, where));
  const { erasedSequence } = store.conversationOf(key);
  return page.filter(({ sequence }) => sequence > erasedSequence);
}
