/** Reports to the server how far I have read: the newest message that was visible while the page had the focus. */

import { effect, untracked } from "@preact/signals";
import { call } from "./connection.js";
import { unreadOf, withRead, withTold } from "./models/conversation.js";
import { takePreferences } from "./ownchanges.js";
import { CALL } from "./protocol.js";
import * as store from "./store.js";

const PAUSE_MILLISECONDS = 120;

/** The newest visible message of each conversation that was shown. @type {Map<string, number>} */
const inSight = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {string} key
 * @param {number} sequence
 */
export function showedUpTo(key, sequence) {
  inSight.set(key, sequence);
  if (store.isAttended.peek()) markRead(key);
}

/** @param {string} key */
function markRead(key) {
  const sequence = inSight.get(key);
  if (!sequence || !store.isShown(key) || !store.hasHeard.peek()) return;
  takeMarkAway(key, sequence);
  if (sequence <= store.conversationOf(key).toldSequence) return;
  store.updateConversation(key, (conversation) => withRead(conversation, sequence));
  tellSoon();
}

/** What is shown, and the mark as unread with which each was opened. @type {Map<string, number | null>} */
let opened = new Map();
let isTakingAway = false;

/** Notes with which mark a conversation was opened. A mark that is set while it is open stays until it is opened again. */
export function followOpenings() {
  return effect(() => {
    const before = opened;
    const marks = store.shownKeys.value.map((key) => /** @type {const} */ ([key, store.conversationOf(key).preferences.unreadFrom]));
    const isNew = (/** @type {string} */ key) => !before.has(key) || !store.hasHeard.peek();
    opened = new Map(marks.map(([key, mark]) => [key, mark === null || isNew(key) ? mark : (before.get(key) ?? null)]));
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
  if (isTakingAway || unreadFrom === null || unreadFrom !== opened.get(key) || sequence < unreadFrom) return;
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
  if (store.isAttended.peek()) for (const key of store.shownKeys.peek()) takeMarkAway(key, inSight.get(key) ?? 0);
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
    untracked(() => (isLooking ? isInformed && store.shownKeys.peek().forEach(markRead) : store.shownKeys.peek().forEach(forgetLine)));
  });
}

/** @param {string} key */
function forgetLine(key) {
  if (unreadOf(store.conversationOf(key)) === 0) store.newAfterOf(key).value = null;
}
