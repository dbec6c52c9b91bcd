/**
 * Applies the server's changes to the store, whether they arrive by an event or by a sync. No other module does that.
 * Changes are applied in the order of their revisions. A change that arrives too early is left to a sync.
 */

import { batch } from "@preact/signals";
import { placeOf, withChange, withDelivered } from "./models/changekinds.js";
import { emptyConversation, fromGroup, fromUser, fromWire, withMarks, withRead, withWatermarks } from "./models/conversation.js";
import { keyOf, keyOfMessage, keyOfReceipt, parseKey } from "./models/keys.js";
import { withUpdate } from "./models/messagestate.js";
import { withPassageMessage } from "./models/passage.js";
import { withNewestProfile, withProfile } from "./models/profile.js";
import { merge, withoutErased } from "./models/timeline.js";
import { takeOwn } from "./ownchanges.js";
import { noteUpdate } from "./pageupdates.js";
import { leaveThread } from "./router.js";
import * as store from "./store.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Change} Change
 * @typedef {import("./models/conversation.js").Conversation} Conversation
 */

/** @type {(messageId: string) => void} */
let deleted = () => {};

/** @param {(messageId: string) => void} listener called when a message has been deleted */
export function onDeleted(listener) {
  deleted = listener;
}

/**
 * @param {Message} message just stored, by any member
 * @returns {boolean} false if an earlier change is missing, so that only a sync can apply it
 */
export function takeMessage(message) {
  const key = keyOfMessage(message, store.me.peek(), isKnown);
  if (key === null) return false;
  const isTaken = takeChange(key, { kind: "message", revision: message.revision, message });
  // It is shown at once, whatever is missing. The event of a new conversation includes its first message.
  if (isTaken) takeNews(key, message);
  else takeIntoTimeline(key, message);
  return isTaken;
}

/**
 * @param {import("./protocol.js").ChangeEvent} event any change except a new message
 * @returns {boolean} false if an earlier change is missing, so that only a sync can apply it
 */
export function takeEvent(event) {
  return "userRevision" in event ? takeUserChange(event) : takeChange(keyOf(event.receiver, event.group), event);
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

/** @param {import("./protocol.js").UserChange | import("./protocol.js").OwnChange} change of what is mine alone */
function takeUserChange(change) {
  const known = store.userRevision.peek();
  if (change.userRevision <= known) return true;
  if (change.userRevision > known + 1 || isOlder(change)) return false;
  batch(() => {
    store.userRevision.value = change.userRevision;
    if (change.kind === "conversation") takeMembership(change);
    else takeOwn(change);
  });
  return true;
}

/** @param {import("./protocol.js").UserChange | import("./protocol.js").OwnChange} change */
function isOlder(change) {
  if (change.kind !== "conversation" || change.conversation === null) return false;
  return change.conversation.revision < store.conversationOf(keyOf(change.receiver, change.group)).revision;
}

/** @param {import("./protocol.js").UserChange} change I am in a conversation now, or in it no more */
function takeMembership({ receiver, group, conversation }) {
  const key = keyOf(receiver, group);
  if (conversation) takeWhole(key, conversation);
  else drop(key);
}

/**
 * Applies the answer to a sync. The line for new messages goes above messages of others that arrived without focus.
 * @param {import("./protocol.js").Sync} answer
 */
export function takeSync(answer) {
  store.batchConversations(() => {
    for (const { receiver, group } of answer.gone) drop(keyOf(receiver, group));
    for (const one of answer.conversations) takeConversationSync(one);
    for (const change of answer.changes) takeOwn(change);
    store.userRevision.value = Math.max(store.userRevision.peek(), answer.userRevision);
  });
}

/** @param {import("./protocol.js").ConversationSync} one */
function takeConversationSync(one) {
  const key = keyOf(one.receiver, one.group);
  if (one.startOver && one.conversation) takeWhole(key, one.conversation);
  // The watermarks come first, because a new member brings their own.
  store.updateConversation(key, (conversation) => withWatermarks(conversation, one.members, one.readSequence));
  for (const change of one.changes) apply(key, change);
  store.updateConversation(key, (conversation) => ({ ...conversation, revision: Math.max(conversation.revision, one.revision) }));
}

/**
 * Replaces everything that is known of a conversation.
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
  if (change.kind === "update") takeUpdate(key, change.update);
  store.updateConversation(key, (conversation) => withChange(conversation, change, store.me.peek()));
  // Messages from before a member joined are visible now, or no longer visible.
  const { sharesHistory, erasedSequence } = store.conversationOf(key);
  // The answer to a request may have told of it before.
  if (before.sharesHistory !== sharesHistory) store.dropTimeline(key);
  if (change.kind === "details" && erasedSequence > 0) store.updateTimeline(key, withoutErased(store.timelineOf(key).peek(), erasedSequence));
}

/**
 * A message that is visible while the page has the focus is read. Otherwise the line for new messages goes above it.
 * @param {string} key
 * @param {Message} message
 */
function takeNews(key, message) {
  takeIntoTimeline(key, message);
  if (!store.isShown(key) || message.sender === store.me.peek()) return;
  const isInSight = store.isAttended.peek() && store.isAtEndOf(key).peek() && store.hasHeard.peek();
  if (isInSight) store.updateConversation(key, (conversation) => withRead(conversation, message.sequence));
  else if (message.sequence > store.conversationOf(key).readSequence) store.newAfterOf(key).value ??= message.sequence - 1;
}

/**
 * I am no longer a member. A person stays in the list; an open group says so.
 * @param {string} key
 */
function drop(key) {
  const { receiver, group } = parseKey(key);
  const person = group ? undefined : store.people.peek().get(receiver);
  const conversation = store.conversations.peek().get(key);
  if (key === store.threadKey.peek()) leaveThread();
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
  const passage = timeline.passage && withPassageMessage(timeline.passage, message);
  if (passage !== timeline.passage) store.updateTimeline(key, { passage });
  if (!timeline.isLoaded) return;
  const messages = merge(timeline.messages, [message]);
  if (messages !== timeline.messages) store.updateTimeline(key, { messages });
}

/**
 * @param {string} key
 * @param {import("./protocol.js").Update} update
 */
function takeUpdate(key, update) {
  noteUpdate(key, update);
  const { messages, passage } = store.timelineOf(key).peek();
  const me = store.me.peek();
  const changed = withUpdate(messages, update, me);
  if (changed !== messages) store.updateTimeline(key, { messages: changed });
  // A screen reader could still read the text there, and its sound could still play.
  if (update.deletedAt) {
    store.announcement.value = "";
    deleted(update.messageId);
  }
  if (passage) store.updateTimeline(key, { passage: { ...passage, messages: withUpdate(passage.messages, update, me) } });
}

/** @param {Message} message as a request that changed it has answered */
export function takeChanged(message) {
  const key = keyOfMessage(message, store.me.peek(), isKnown);
  if (key !== null) batch(() => takeIntoTimeline(key, message));
}

/** @param {Message} message that all members have received */
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

/** @param {import("./protocol.js").WireConversation} wire a conversation of which no change may have told yet @returns {string} its key */
export function takeOpened(wire) {
  const key = keyOf(wire.receiver, wire.group);
  if (!isKnown(key)) takeWhole(key, wire);
  return key;
}

/** @param {import("./protocol.js").Group} group what a request has answered */
export function takeGroup(group) {
  const key = keyOf(group.groupId, true);
  store.putConversation(fromGroup(group, store.conversations.peek().get(key)));
}

/**
 * Puts every user in the list, even without messages, and takes out whoever is not among them and has none.
 * @param {import("./protocol.js").User[]} users
 */
export function takePeople(users) {
  store.batchConversations(() => {
    const known = store.people.peek();
    store.setPeople(users.map((user) => withNewestProfile(user, known.get(user.username))));
    for (const user of store.people.peek().values()) takeName(user);
    for (const username of known.keys()) if (!store.people.peek().has(username)) forgetStranger(username);
  });
}

/** @param {string} username of whom I do not see any more */
function forgetStranger(username) {
  const key = keyOf(username, false);
  if (store.conversations.peek().get(key)?.revision === 0) store.removeConversation(key);
}

/**
 * @param {import("./protocol.js").Profile} profile what somebody shows of themselves now
 * @returns {boolean} false if the person is not known yet
 */
export function takeProfile(profile) {
  const known = store.people.peek().get(profile.username);
  if (!known) return false;
  const user = withProfile(known, profile);
  if (user === known) return true;
  batch(() => {
    store.people.value = new Map(store.people.peek()).set(user.username, user);
    takeName(user);
  });
  return true;
}

/** @param {import("./protocol.js").User} user */
function takeName(user) {
  store.putConversation(fromUser(user, store.conversations.peek().get(keyOf(user.username, false))));
}
