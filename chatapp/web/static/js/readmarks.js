/** Reports to the server how far I have read: the newest message that was visible while the page had the focus. */

import { effect, untracked } from "@preact/signals";
import { call } from "./connection.js";
import { unreadOf, withRead, withTold } from "./models/conversation.js";
import { takePreferences } from "./ownchanges.js";
import { CALL } from "./protocol.js";
import * as store from "./store.js";

const PAUSE_MILLISECONDS = 120;

/** The newest visible message of the open conversation. */
let inSight = { key: "", sequence: 0 };
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {string} key
 * @param {number} sequence
 */
export function showedUpTo(key, sequence) {
  inSight = { key, sequence };
  if (store.isAttended.peek()) markRead();
}

function markRead() {
  const { key, sequence } = inSight;
  if (key !== store.openKey.peek() || !store.hasHeard.peek()) return;
  takeMarkAway(key, sequence);
  if (sequence <= store.conversationOf(key).toldSequence) return;
  store.updateConversation(key, (conversation) => withRead(conversation, sequence));
  tellSoon();
}

/** The open conversation, and the mark as unread with which it was opened. */
let opened = { key: /** @type {string | null} */ (null), unreadFrom: /** @type {number | null} */ (null) };
let isTakingAway = false;

/** Notes with which mark a conversation was opened. A mark that is set while it is open stays until it is opened again. */
export function followOpenings() {
  return effect(() => {
    const key = store.openKey.value;
    const unreadFrom = store.openConversation.value?.preferences.unreadFrom ?? null;
    if (key !== opened.key || unreadFrom === null || !store.hasHeard.peek()) opened = { key, unreadFrom };
  });
}

/**
 * Reading again takes the mark away. Without a connection it stays, as the next reading finds it.
 * @param {string} key
 * @param {number} sequence how far it is read
 */
async function takeMarkAway(key, sequence) {
  const { receiver, group, preferences } = store.conversationOf(key);
  const { unreadFrom } = preferences;
  if (isTakingAway || unreadFrom === null || unreadFrom !== opened.unreadFrom || sequence < unreadFrom) return;
  isTakingAway = true;
  const ack = await call(CALL.setPreferences, { receiver, group, unreadFrom: null });
  isTakingAway = false;
  if (ack.success) takePreferences(key, ack.preferences);
}

export function tellSoon() {
  clearTimeout(timer);
  timer = setTimeout(tellServer, PAUSE_MILLISECONDS);
}

/** Reports every conversation that is read further than the server knows, as when it was read offline. */
async function tellServer() {
  if (store.isAttended.peek() && inSight.key === store.openKey.peek()) takeMarkAway(inSight.key, inSight.sequence);
  for (const { key, receiver, group, readSequence, toldSequence } of store.conversations.peek().values()) {
    if (readSequence <= toldSequence) continue;
    const ack = await call(CALL.markRead, { receiver, group, sequence: readSequence });
    if (!ack.success) return;
    store.updateConversation(key, (conversation) => withTold(conversation, readSequence));
  }
}

/** With the focus, visible messages are read. Without it, the line for new messages starts afresh. */
export function followAttention() {
  return effect(() => {
    const isLooking = store.isAttended.value;
    const isInformed = store.hasHeard.value;
    untracked(() => (isLooking ? isInformed && markRead() : forgetLine()));
  });
}

function forgetLine() {
  const open = store.openConversation.peek();
  if (!open || unreadOf(open) === 0) store.newAfter.value = null;
}
