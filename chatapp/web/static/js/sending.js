/**
 * Sends messages: stores each on disk, then sends one at a time in each conversation, until the server acks it. A message
 * with files waits for them, and those after it wait with it.
 */

import { call } from "./connection.js";
import { dropEntry, entriesOf, keepEntry, keepEntryOfDraft } from "./database.js";
import { stateAfterSending } from "./drafts.js";
import { dropBlobs } from "./files/database.js";
import { forgetLimits } from "./files/limits.js";
import { beginAnew, interruptUploads, stopUploads, uploadFiles } from "./files/uploads.js";
import { parseKey } from "./models/keys.js";
import { quoteOf } from "./models/messagestate.js";
import { fileToSend, isWorthRetrying, newEntry, nextToSend, withEntry, withFile, withFiles, withoutEntry } from "./models/outbox.js";
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
 * @param {import("./models/outbox.js").OutboxFile[]} [files] that are attached
 */
export async function send(key, content, answered, files = []) {
  const entry = withFiles(newEntry(me.peek(), key, content, nextMoment(), answered && quoteOf(answered)), files);
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
  const problem = entry.files ? await uploadFiles(entry, hooksOf(entry)) : null;
  const ready = presentOf(entry);
  if (!ready) return undefined;
  const ack = problem ? refusedBy(problem.code) : await request(ready);
  if (ack.success) return stored(ack.response);
  const present = presentOf(entry);
  if (!present) return undefined;
  release(present);
  if (!ack.error) return fail(present, say.failedUnknown);
  const { code } = ack.error;
  if (code === "upload_missing" && !problem) return sendFilesAgain(present);
  if (!isWorthRetrying(code)) return fail(present, reasonOf(code, problem?.name));
  if (code !== "offline") setTimeout(flush, RETRY_MILLISECONDS);
  return undefined;
}

/** @param {string} code @returns {import("./protocol.js").Ack} */
const refusedBy = (code) => ({ success: false, error: { code, message: "" } });

/**
 * @param {string} code
 * @param {string} [name] of the file that it is about
 */
function reasonOf(code, name) {
  const reason = failureSentence(code, say.failedUnknown);
  return name ? say.failedFile({ name, reason }) : reason;
}

/** @param {OutboxEntry} entry */
function hooksOf(entry) {
  return {
    present: () => presentOf(entry)?.files ?? [],
    note: (/** @type {string} */ id, /** @type {string | null} */ uploadId) => {
      const present = presentOf(entry);
      const noted = present && withFile(present, id, { uploadId });
      if (noted) change(noted);
    },
  };
}

/** The server has deleted the files, because they were not sent for days. @param {OutboxEntry} entry */
function sendFilesAgain(entry) {
  const files = entry.files ?? [];
  beginAnew(files);
  change({ ...entry, files: files.map((file) => ({ ...file, uploadId: null })) });
  setTimeout(flush, RETRY_MILLISECONDS);
}

/** @param {OutboxEntry} entry */
function request({ key, owner, content, clientId, replyTo, files, forward: copied }) {
  const { receiver, group } = parseKey(key);
  if (copied) return call(CALL.forwardMessage, { messageId: copied.messageId, receiver, group, clientId });
  const event = group ? CALL.groupMessage : CALL.privateMessage;
  return call(event, { sender: owner, receiver, content, clientId, replyTo: replyTo?.sequence, files: files?.map(fileToSend) });
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

/** The message as it is now: meanwhile a file of it may have been removed. @param {OutboxEntry} entry */
function presentOf(entry) {
  return outbox.peek().find((found) => found.clientId === entry.clientId);
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
  stopUploads(entry.files ?? [], true);
  flush();
}

/**
 * Removes a file from an unsent message, and the message with it if nothing else is in it.
 * @param {OutboxEntry} entry
 * @param {import("./models/outbox.js").OutboxFile} file
 */
export function discardFile(entry, file) {
  const left = withFile(entry, file.id, null);
  if (!left) return discardEntry(entry);
  change(left);
  stopUploads([file], true);
  return dropBlobs(entry.owner, [file]);
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
  if (!entry.files) return;
  forgetLimits();
  dropBlobs(entry.owner, entry.files);
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
  const entry = outbox.peek().find((found) => found.clientId === clientId);
  if (!entry) return;
  release(entry);
  outbox.value = withoutEntry(outbox.peek(), clientId);
  stopUploads(entry.files ?? [], false);
  flush();
}

/** After a sign-in, messages that an earlier session was sending are sent again. */
export function startSending() {
  sending.clear();
  interruptUploads();
}

/** @param {string} owner */
export async function recallOutbox(owner) {
  const entries = await entriesOf(owner);
  if (me.peek() !== owner) return;
  outbox.value = entries.reduce(withEntry, outbox.peek());
}
