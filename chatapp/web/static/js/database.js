/**
 * The data that survives a reload: unsent messages, drafts, and the last known state. Never the session's token.
 * Without storage, unsent messages and drafts last as long as the page.
 */

import { ofTray, recallBlobs, withBytes, withoutBytes } from "./files/database.js";
import { fromStorage, toStorage } from "./models/draft.js";
import { pendingIn, putOrDelete, rangeOf, recordsOf, transact, write } from "./storage.js";

/**
 * @typedef {import("./models/outbox.js").OutboxEntry} OutboxEntry
 * @typedef {import("./models/draft.js").KeptDraft} KeptDraft
 */

/**
 * @param {string} store
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<any>} undefined without storage
 */
const run = (store, mode, work) => transact([store], mode, (transaction) => work(transaction.objectStore(store)));

/** @param {OutboxEntry} entry */
export const keepEntry = (entry) => write(ofEntry(entry));

/**
 * Turns a draft into an unsent message in one transaction, so that a crash leaves one or the other.
 * @param {OutboxEntry} entry
 * @param {import("./models/draft.js").DraftState} state of the draft from now on
 */
export const keepEntryOfDraft = (entry, state) => write(ofEntry(entry), ofDraft(entry.owner, entry.key, { ...state, text: "" }), ofTray(entry.owner, entry.key, []));

/** @param {string} clientId */
export const dropEntry = (clientId) => write({ store: "outbox", key: clientId, value: undefined });

/**
 * @param {string} owner
 * @param {string} key
 * @param {KeptDraft} draft
 */
export const keepDraft = (owner, key, draft) => write(ofDraft(owner, key, draft));

/**
 * @param {string} owner
 * @param {string} key
 */
export const dropDraft = (owner, key) => write({ store: "drafts", key: [owner, key], value: undefined });

/**
 * @param {OutboxEntry} entry
 * @returns {import("./storage.js").Change}
 */
function ofEntry(entry) {
  return { store: "outbox", key: entry.clientId, value: entry.files ? { ...entry, files: entry.files.map(withoutBytes) } : entry };
}

/**
 * @param {string} owner
 * @param {string} key
 * @param {KeptDraft} draft
 * @returns {import("./storage.js").Change}
 */
function ofDraft(owner, key, draft) {
  return { store: "drafts", key: [owner, key], value: toStorage(draft) };
}

/**
 * @param {string} owner
 * @returns {Promise<OutboxEntry[]>} in the order in which they were written
 */
export async function entriesOf(owner) {
  /** @type {OutboxEntry[]} */
  const kept = (await run("outbox", "readonly", (store) => store.index("owner").getAll(owner))) ?? [];
  const found = new Map(kept.map((entry) => [entry.clientId, entry]));
  for (const { key, value } of pendingIn("outbox")) {
    if (value?.owner === owner) found.set(value.clientId, value);
    else found.delete(String(key));
  }
  const entries = [...found.values()].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  if (entries.some(({ files }) => files)) await recallBlobs(owner);
  return entries.map((entry) => (entry.files ? { ...entry, files: entry.files.map(withBytes) } : entry));
}

/**
 * @param {string} owner
 * @returns {Promise<Map<string, KeptDraft>>} by conversation
 */
export async function draftsOf(owner) {
  return new Map([...(await recordsOf("drafts", owner))].map(([key, value]) => [key, fromStorage(value)]));
}

/**
 * @param {string} owner
 * @param {string} name
 * @param {unknown} value
 */
export const keepSeen = (owner, name, value) => run("seen", "readwrite", (store) => store.put(value, [owner, name]));

/**
 * @param {string} owner
 * @param {string} name
 * @returns {Promise<any>}
 */
export const seenBy = (owner, name) => run("seen", "readonly", (store) => store.get([owner, name]));

/**
 * @typedef {object} KnownRecords what a page without a network shows, as one reading of the database finds it
 * @property {import("./models/conversation.js").Conversation[]} conversations
 * @property {KnownTimeline[]} timelines
 * @property {number} userRevision
 *
 * @typedef {{ key: string, revision: number, openedAt: number, messages: import("./protocol.js").Message[] }} KnownTimeline
 *
 * @typedef {object} KnownChange
 * @property {string} key of a conversation
 * @property {import("./models/conversation.js").Conversation | null} conversation null where there is none any more
 * @property {KnownTimeline | null} timeline
 */

const CONVERSATION = "conversation ";
const TIMELINE = "timeline ";
/** This number of records takes only a moment to read or write. */
const RECORDS_AT_ONCE = 500;
const READ_MILLISECONDS_MAX = 800;

/**
 * Writes a conversation together with its messages, because both belong to its revision. Writes the user's revision
 * last, because it covers all conversations.
 * @param {string} owner
 * @param {KnownChange[]} changes
 * @param {number} userRevision
 * @returns {Promise<boolean>} whether all of it was written
 */
export async function keepKnown(owner, changes, userRevision) {
  for (let at = 0; at < changes.length; at += RECORDS_AT_ONCE) {
    const some = changes.slice(at, at + RECORDS_AT_ONCE);
    const done = await transact(["seen"], "readwrite", (transaction) => putKnown(transaction.objectStore("seen"), owner, some));
    if (done === undefined) return false;
  }
  return (await keepSeen(owner, "userRevision", userRevision)) !== undefined;
}

/**
 * @param {IDBObjectStore} store
 * @param {string} owner
 * @param {KnownChange[]} changes
 * @returns {IDBRequest} the last of them
 */
function putKnown(store, owner, changes) {
  for (const { key, conversation, timeline } of changes) {
    putOrDelete(store, [owner, CONVERSATION + key], conversation);
    putOrDelete(store, [owner, TIMELINE + key], timeline);
  }
  return store.count();
}

/**
 * Reads in parts, while other tabs may write. Reads the user's revision first: it must not be newer than the rest.
 * @param {string} owner
 * @returns {Promise<KnownRecords | null>} null where nothing is stored, storage fails, or it is slower than the server
 */
export async function knownTo(owner) {
  const deadline = Date.now() + READ_MILLISECONDS_MAX;
  const userRevision = await seenBy(owner, "userRevision");
  const conversations = userRevision === undefined ? null : await allOf(owner, CONVERSATION, deadline);
  const timelines = conversations && (await allOf(owner, TIMELINE, deadline));
  return conversations && timelines && { conversations, timelines, userRevision };
}

/**
 * @param {string} owner
 * @param {string} prefix
 * @param {number} deadline
 * @returns {Promise<any[] | null>} null where not all of them could be read in time
 */
async function allOf(owner, prefix, deadline) {
  const found = [];
  let after = prefix;
  // Without a network no server is faster.
  while (Date.now() < deadline || !navigator.onLine) {
    const range = IDBKeyRange.bound([owner, after], [owner, `${prefix}\uffff`], true);
    const some = await run("seen", "readonly", (store) => store.getAll(range, RECORDS_AT_ONCE));
    if (some === undefined) return null;
    found.push(...some);
    if (some.length < RECORDS_AT_ONCE) return found;
    after = prefix + some.at(-1).key;
  }
  return null;
}

/** Signing out deletes the last known state, and keeps drafts and unsent messages. */
export const forgetSeen = (/** @type {string} */ owner) => run("seen", "readwrite", (store) => store.delete(rangeOf(owner)));
