/** What arrives from the server, put into the store. A message may arrive twice; it is shown once. */

import { batch } from "@preact/signals";
import { fromGroup, fromUser, fromWire, withMarks, withMessage } from "./models/conversation.js";
import { keyOf, keyOfMessage, keyOfReceipt } from "./models/keys.js";
import { gapAfter, lastSequence, merge, newestRun } from "./models/timeline.js";
import * as store from "./store.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./models/conversation.js").Conversation} Conversation
 */

/**
 * @typedef {object} Arrival
 * @property {string} key
 * @property {boolean} isNew not a repeat
 * @property {boolean} isUnseen by somebody else, and nobody is looking at it
 * @property {boolean} hasGap messages before it are missing
 */

/**
 * @param {Message} message just stored, by anybody
 * @returns {Arrival | null} null if nothing is known of its conversation yet
 */
export function takeMessage(message) {
  const me = store.me.peek();
  const key = keyOfMessage(message, me, isKnownGroup);
  if (key === null) return null;
  const isNew = message.sequence > store.conversationOf(key).lastSequence;
  const isUnseen = isNew && message.sender !== me && !isInSight(key);
  batch(() => {
    if (isUnseen && key === store.openKey.peek()) store.newAfter.value ??= message.sequence - 1;
    store.updateConversation(key, (conversation) => withMessage(conversation, message, isUnseen));
    takeIntoTimeline(key, message);
  });
  return { key, isNew, isUnseen, hasGap: gapAfter(store.timelineOf(key).peek().messages) !== null };
}

/** @param {string} key */
function isKnownGroup(key) {
  return store.conversations.peek().has(key);
}

/** @param {string} key */
function isInSight(key) {
  return store.openKey.peek() === key && store.isAttended.peek() && store.isAtEnd.peek();
}

/**
 * @param {string} key
 * @param {Message} message
 */
function takeIntoTimeline(key, message) {
  const timeline = store.timelineOf(key).peek();
  if (!timeline.isLoaded) return;
  const messages = merge(timeline.messages, [message]);
  if (messages !== timeline.messages) store.updateTimeline(key, { messages });
}

/**
 * @param {string} key
 * @param {Message[]} page the newest one
 */
export function takeNewestPage(key, page) {
  const merged = merge(store.timelineOf(key).peek().messages, page);
  const messages = newestRun(merged);
  store.updateTimeline(key, { messages, isLoaded: true, isLoading: false, isMissing: false, hasFailed: false });
}

/**
 * @param {string} key
 * @param {Message[]} page what came before the first one that is shown
 */
export function takeOlderPage(key, page) {
  const messages = merge(store.timelineOf(key).peek().messages, page);
  store.updateTimeline(key, { messages, isLoadingOlder: false, hasFailed: false, hasStart: page.length === 0 });
}

/**
 * @param {string} key
 * @param {Message[]} page what came after the last one that is shown
 */
export function takeMissed(key, page) {
  store.updateTimeline(key, { messages: merge(store.timelineOf(key).peek().messages, page) });
}

/** @param {string} key */
export function isBehind(key) {
  const { messages } = store.timelineOf(key).peek();
  return gapAfter(messages) !== null || lastSequence(messages) < store.conversationOf(key).lastSequence;
}

/** @param {import("./protocol.js").Receipt} receipt */
export function takeReceipt(receipt) {
  const me = store.me.peek();
  const key = keyOfReceipt(receipt, me);
  if (!store.conversations.peek().has(key)) return;
  store.updateConversation(key, (conversation) => withMarks(conversation, receipt, me));
}

/**
 * @param {{ users: import("./protocol.js").User[], groups: import("./protocol.js").Group[] }} everybody
 * @param {import("./protocol.js").WireConversation[]} wires
 */
export function takeLists(everybody, wires) {
  const known = store.conversations.peek();
  /** @type {Map<string, Conversation>} */
  const after = new Map();
  for (const user of everybody.users) put(after, fromUser(user, known.get(keyOf(user.username, false))));
  for (const group of everybody.groups) put(after, fromGroup(group, known.get(keyOf(group.groupId, true))));
  for (const wire of wires) {
    const listed = after.get(keyOf(wire.receiver, wire.group));
    put(after, fromWire({ ...wire, name: listed?.name ?? wire.name }, listed));
  }
  batch(() => {
    store.setPeople(everybody.users);
    store.conversations.value = after;
    store.listStatus.value = "ready";
  });
}

/**
 * @param {Map<string, Conversation>} conversations
 * @param {Conversation} conversation
 */
function put(conversations, conversation) {
  conversations.set(conversation.key, conversation);
}
