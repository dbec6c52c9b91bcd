/** Sends messages: stores each on disk, then sends one at a time in each conversation, until the server acks it. */

import { call } from "./connection.js";
import { dropEntry, entriesOf, keepEntry, keepEntryOfDraft } from "./database.js";
import { stateAfterSending } from "./drafts.js";
import { parseKey } from "./models/keys.js";
import { quoteOf } from "./models/messagestate.js";
import { isWorthRetrying, newEntry, nextToSend, withEntry, withoutEntry } from "./models/outbox.js";
import { CALL } from "./protocol.js";
import { failureSentence, say } from "./strings.js";
import { me, newAfterOf, outbox } from "./store.js";
import { tellTabs } from "./tabs.js";

/** @typedef {import("./models/outbox.js").OutboxEntry} OutboxEntry */

const RETRY_MILLISECONDS = 2_000;

/** The entry that is being sent in each conversation. @type {Map<string, string>} */
const sending = new Map();

/** @type {(message: import("./protocol.js").Message) => Promise<void>} */
let stored = async () => {};

/** @param {(message: import("./protocol.js").Message) => Promise<void>} listener gets each message that the server has stored */
export function onStored(listener) {
  stored = listener;
}

let lastCreatedAt = 0;

/**
 * Sends a draft.
 * @param {string} key the conversation
 * @param {string} content
 * @param {import("./protocol.js").Message} [answered] the message that it answers
 */
export async function send(key, content, answered) {
  const entry = newEntry(me.peek(), key, content, nextMoment(), answered && quoteOf(answered));
  newAfterOf(key).value = null;
  show(entry);
  await keepEntryOfDraft(entry, stateAfterSending(key));
  flush();
}

/** Sends what is no draft. @param {OutboxEntry[]} entries */
export async function post(entries) {
  entries.forEach(show);
  await Promise.all(entries.map(keepEntry));
  flush();
}

/** The moments of the messages here rise. */
export function nextMoment() {
  lastCreatedAt = Math.max(Date.now(), lastCreatedAt + 1);
  return new Date(lastCreatedAt).toISOString();
}

/** @param {OutboxEntry} entry */
function show(entry) {
  outbox.value = withEntry(outbox.peek(), entry);
  tellTabs({ type: "entry", entry });
}

/** Sends every message that is next in its conversation. Does nothing offline; a new connection calls it again. */
export function flush() {
  const mine = outbox.peek().filter((entry) => entry.owner === me.peek());
  for (const entry of nextToSend(mine, new Set(sending.keys()))) deliver(entry);
}

/** @param {OutboxEntry} entry */
async function deliver(entry) {
  sending.set(entry.key, entry.clientId);
  const ack = await request(entry);
  if (ack.success) return stored(ack.response);
  if (!isPending(entry)) return undefined;
  release(entry);
  if (!ack.error) return fail(entry, say.failedUnknown);
  const { code } = ack.error;
  if (!isWorthRetrying(code)) return fail(entry, failureSentence(code, say.failedUnknown));
  if (code !== "offline") setTimeout(flush, RETRY_MILLISECONDS);
  return undefined;
}

/** @param {OutboxEntry} entry */
function request({ key, owner, content, clientId, replyTo, forward: copied }) {
  const { receiver, group } = parseKey(key);
  if (copied) return call(CALL.forwardMessage, { messageId: copied.messageId, receiver, group, clientId });
  const event = group ? CALL.groupMessage : CALL.privateMessage;
  return call(event, { sender: owner, receiver, content, clientId, replyTo: replyTo?.sequence });
}

/**
 * The server has stored the message: by its ack or by its event, whichever is first. Call this after the message is in
 * its conversation, because until then only the outbox entry shows it.
 * @param {import("./protocol.js").Message} message
 */
export function settle(message) {
  const entry = outbox.peek().find((found) => found.clientId === message.clientId);
  if (!entry) return;
  remove(entry, message);
  flush();
}

/** @param {OutboxEntry} entry */
function isPending(entry) {
  return outbox.peek().some((found) => found.clientId === entry.clientId);
}

/** @param {OutboxEntry} entry */
function release(entry) {
  if (sending.get(entry.key) === entry.clientId) sending.delete(entry.key);
}

/**
 * @param {OutboxEntry} entry
 * @param {string} reason
 */
function fail(entry, reason) {
  change({ ...entry, status: "failed", reason });
  flush();
}

/** @param {OutboxEntry} entry */
export function retryEntry(entry) {
  change({ ...entry, status: "waiting", reason: "" });
  flush();
}

/** @param {OutboxEntry} entry */
export function discardEntry(entry) {
  remove(entry);
}

/** @param {OutboxEntry} entry */
function change(entry) {
  outbox.value = withEntry(outbox.peek(), entry);
  keepEntry(entry);
  tellTabs({ type: "entry", entry });
}

/**
 * @param {OutboxEntry} entry
 * @param {import("./protocol.js").Message | null} message what has become of it
 */
function remove(entry, message = null) {
  release(entry);
  outbox.value = withoutEntry(outbox.peek(), entry.clientId);
  dropEntry(entry.clientId);
  tellTabs({ type: "gone", clientId: entry.clientId, message });
}

/**
 * Adds a message of another tab. That tab sends it; if it is closed first, this tab does.
 * @param {OutboxEntry} entry
 */
export function adoptEntry(entry) {
  if (entry.owner !== me.peek()) return;
  outbox.value = withEntry(outbox.peek(), entry);
  setTimeout(flush, RETRY_MILLISECONDS);
}

/**
 * Another tab has sent or discarded a message. The stored message may arrive here before this tab's own event.
 * @param {string} clientId
 * @param {import("./protocol.js").Message | null} message
 */
export async function forgetEntry(clientId, message) {
  if (message?.sender === me.peek()) await stored(message);
  outbox.value = withoutEntry(outbox.peek(), clientId);
}

/** After a sign-in, messages that an earlier session was sending are sent again. */
export function startSending() {
  sending.clear();
}

/** @param {string} owner */
export async function recallOutbox(owner) {
  const entries = await entriesOf(owner);
  if (me.peek() !== owner) return;
  outbox.value = entries.reduce(withEntry, outbox.peek());
}
