/** Reports to the server how far I have read: the newest message that was visible while the page had the focus. */

import { effect, untracked } from "@preact/signals";
import { call } from "./connection.js";
import { unreadOf, withRead, withTold } from "./models/conversation.js";
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
  if (key !== store.openKey.peek() || !store.hasHeard.peek() || sequence <= store.conversationOf(key).toldSequence) return;
  store.updateConversation(key, (conversation) => withRead(conversation, sequence));
  tellSoon();
}

export function tellSoon() {
  clearTimeout(timer);
  timer = setTimeout(tellServer, PAUSE_MILLISECONDS);
}

/** Reports every conversation that is read further than the server knows, as when it was read offline. */
async function tellServer() {
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
