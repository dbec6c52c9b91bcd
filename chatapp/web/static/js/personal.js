/** Changes my preferences for a conversation: which messages notify, and marked as unread from a message on. */

import { parseKey } from "./models/keys.js";
import { takePreferences } from "./ownchanges.js";
import { setPreferences } from "./personalapi.js";
import * as store from "./store.js";

/**
 * @param {string} key
 * @param {{ level?: import("./protocol.js").Level, unreadFrom?: number | null }} changes
 */
async function prefer(key, changes) {
  const { receiver, group } = parseKey(key);
  takePreferences(key, await setPreferences(receiver, group, changes));
}

/**
 * @param {string} key
 * @param {import("./protocol.js").Level} level
 */
export function setLevel(key, level) {
  return prefer(key, { level });
}

/**
 * It stays marked until the conversation is opened again, here or on another device.
 * @param {string} key
 * @param {number} sequence the first message that counts as unread
 */
export async function markUnreadFrom(key, sequence) {
  await prefer(key, { unreadFrom: sequence });
  if (store.isShown(key)) store.newAfterOf(key).value = sequence - 1;
}

/** @param {import("./models/conversation.js").Conversation} conversation marked as unread as a whole, by its last message */
export function markUnread({ key, lastSequence }) {
  return markUnreadFrom(key, lastSequence);
}
