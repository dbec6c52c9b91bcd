/**
 * Applies what changes to the store, whether it came by an event or by a sync. Nothing else changes a conversation for
 * what the server said. Changes are applied in the order of their revisions; one that comes too early is left to a sync.
 */

import { batch } from "@preact/signals";
import { placeOf, withChange, withDelivered } from "./models/changekinds.js";
import { emptyConversation, fromGroup, fromUser, fromWire, withMarks, withRead, withWatermarks } from "./models/conversation.js";
import { keyOf, keyOfMessage, keyOfReceipt, parseKey } from "./models/keys.js";
import { merge } from "./models/timeline.js";
import * as store from "./store.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Change} Change
 * @typedef {import("./models/conversation.js").Conversation} Conversation
 */

/**
 * @param {Message} message just stored, by anybody
 * @returns {boolean} false if something before it is missing: then only a sync can apply it
 */
export function takeMessage(message) {
  const key = keyOfMessage(message, store.me.peek(), isKnown);
  if (key === null) return false;
  const isTaken = takeChange(key, { kind: "message", revision: message.revision, message });
  // It is shown at once, whatever is missing. A new conversation is told of with its first message in it.
  if (isTaken) takeNews(key, message);
  else takeIntoTimeline(key, message);
  return isTaken;
}

/**
 * @param {import("./protocol.js").ChangeEvent} event anything but a new message
 * @returns {boolean} false if something before it is missing: then only a sync can apply it
 */
export function takeEvent(event) {
  const key = keyOf(event.receiver, event.group);
  return event.kind === "conversation" ? takeUserChange(key, event) : takeChange(key, event);
}

/** @param {string} key */
function isKnown(key) {
  return store.conversations.peek().has(key);
}

/**
 * @param {string} key
 * @param {Change} change
 */
function takeChange(key, change) {
  const conversation = store.conversations.peek().get(key);
  const place = conversation ? placeOf(conversation, change) : "later";
  if (place === "next") batch(() => apply(key, change));
  return place !== "later";
}

/**
 * @param {string} key
 * @param {import("./protocol.js").UserChange} change I am in a conversation now, or in it no more
 */
function takeUserChange(key, { userRevision, conversation }) {
  const known = store.userRevision.peek();
  if (userRevision <= known) return true;
  const isOlder = conversation !== null && conversation.revision < store.conversationOf(key).revision;
  if (userRevision > known + 1 || isOlder) return false;
  batch(() => {
    store.userRevision.value = userRevision;
    if (conversation) takeWhole(key, conversation);
    else drop(key);
  });
  return true;
}

/**
 * The answer to a sync. Messages in it that were written by others while nobody looked get the line above them.
 * @param {import("./protocol.js").Sync} answer
 */
export function takeSync(answer) {
  store.batchConversations(() => {
    for (const { receiver, group } of answer.gone) drop(keyOf(receiver, group));
    for (const one of answer.conversations) takeConversationSync(one);
    store.userRevision.value = Math.max(store.userRevision.peek(), answer.userRevision);
  });
}

/** @param {import("./protocol.js").ConversationSync} one */
function takeConversationSync(one) {
  const key = keyOf(one.receiver, one.group);
  if (one.startOver && one.conversation) takeWhole(key, one.conversation);
  // First the watermarks: who has joined brings their own.
  store.updateConversation(key, (conversation) => withWatermarks(conversation, one.members, one.readSequence));
  for (const change of one.changes) apply(key, change);
  store.updateConversation(key, (conversation) => ({ ...conversation, revision: Math.max(conversation.revision, one.revision) }));
}

/**
 * Everything that is known of a conversation starts over.
 * @param {string} key
 * @param {import("./protocol.js").WireConversation} wire
 */
function takeWhole(key, wire) {
  store.dropTimeline(key);
  store.putConversation(fromWire(wire, store.conversations.peek().get(key)));
}

/**
 * @param {string} key
 * @param {Change} change
 */
function apply(key, change) {
  const before = store.conversations.peek().get(key);
  if (!before || placeOf(before, change) === "known") return;
  if (change.kind === "message") takeNews(key, change.message);
  store.updateConversation(key, (conversation) => withChange(conversation, change, store.me.peek()));
  // What was said before somebody joined is there now, or no more.
  if (before.sharesHistory !== store.conversationOf(key).sharesHistory) store.dropTimeline(key);
}

/**
 * A message that is in sight while somebody looks is read; in the open conversation, another gets the line above it.
 * @param {string} key
 * @param {Message} message
 */
function takeNews(key, message) {
  takeIntoTimeline(key, message);
  if (key !== store.openKey.peek() || message.sender === store.me.peek()) return;
  const isInSight = store.isAttended.peek() && store.isAtEnd.peek() && store.hasHeard.peek();
  if (isInSight) store.updateConversation(key, (conversation) => withRead(conversation, message.sequence));
  else if (message.sequence > store.conversationOf(key).readSequence) store.newAfter.value ??= message.sequence - 1;
}

/**
 * I am in it no more. A person stays in the list; a group that is open says so.
 * @param {string} key
 */
function drop(key) {
  const { receiver, group } = parseKey(key);
  const person = group ? undefined : store.people.peek().get(receiver);
  const conversation = store.conversations.peek().get(key);
  if (key === store.openKey.peek() && conversation) {
    store.left.value = conversation;
    if (store.dialog.peek() === "details") store.dialog.value = null;
  }
  store.forgetTimeline(key);
  if (person) store.putConversation(fromUser(person, emptyConversation(receiver, false)));
  else store.removeConversation(key);
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

/** @param {Message} message which everybody has by now */
export function takeDelivered(message) {
  const key = keyOfMessage(message, store.me.peek(), isKnown);
  if (key === null) return;
  batch(() => {
    takeIntoTimeline(key, message);
    store.updateConversation(key, (conversation) => withDelivered(conversation, message));
  });
}

/** @param {import("./protocol.js").Receipt} receipt */
export function takeReceipt(receipt) {
  const me = store.me.peek();
  store.updateConversation(keyOfReceipt(receipt, me), (conversation) => withMarks(conversation, receipt, me));
}

/** @param {import("./protocol.js").Group} group what a request has answered */
export function takeGroup(group) {
  const key = keyOf(group.groupId, true);
  store.putConversation(fromGroup(group, store.conversations.peek().get(key)));
}

/**
 * Everybody is in the list, also those to whom nothing was said yet.
 * @param {import("./protocol.js").User[]} users
 */
export function takePeople(users) {
  store.batchConversations(() => {
    store.setPeople(users);
    for (const user of users) store.putConversation(fromUser(user, store.conversations.peek().get(keyOf(user.username, false))));
  });
}
