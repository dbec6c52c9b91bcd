/** Changes what is mine alone: which messages of a conversation notify, marked as unread from a message on, whom I block. */

import { parseKey } from "./models/keys.js";
import { isRemoved } from "./models/names.js";
import { isAmong } from "./models/permissions.js";
import { takeBlock, takePreferences } from "./ownchanges.js";
import { setBlock, setPreferences } from "./personalapi.js";
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

/**
 * @param {string} username
 * @param {boolean} on
 */
export async function block(username, on) {
  takeBlock(await setBlock(username, on));
}

/** @param {string} username */
export const isBlocked = (username) => store.blocks.value.get(username)?.blocked ?? false;

/** @param {import("./models/conversation.js").Conversation} conversation */
export const mayWrite = ({ group, role, writers, receiver }) => (group ? isAmong(role, writers) : !isBlocked(receiver) && !isRemoved(receiver));
