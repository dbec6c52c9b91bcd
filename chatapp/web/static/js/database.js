/**
 * What survives a reload, by its names: unsent messages, drafts, and what was last seen. Never the session's token.
 * Where the browser keeps nothing, unsent messages and drafts last as long as the page.
 */

import { pendingIn, transact, write } from "./storage.js";

/** @typedef {import("./models/outbox.js").OutboxEntry} OutboxEntry */

/**
 * @param {string} store
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<any>} undefined where nothing can be kept
 */
const run = (store, mode, work) => transact([store], mode, (transaction) => work(transaction.objectStore(store)));

/** @param {OutboxEntry} entry */
export const keepEntry = (entry) => write(ofEntry(entry));

/**
 * A draft has become a message: after whatever happens next, it is one or the other.
 * @param {OutboxEntry} entry
 */
export const keepEntryOfDraft = (entry) => write(ofEntry(entry), ofDraft(entry.owner, entry.key, ""));

/** @param {string} clientId */
export const dropEntry = (clientId) => write({ store: "outbox", key: clientId, value: undefined });

/**
 * @param {string} owner
 * @param {string} key
 * @param {string} text
 */
export const keepDraft = (owner, key, text) => write(ofDraft(owner, key, text));

/**
 * @param {OutboxEntry} entry
 * @returns {import("./storage.js").Change}
 */
function ofEntry(entry) {
  return { store: "outbox", key: entry.clientId, value: entry };
}

/**
 * @param {string} owner
 * @param {string} key
 * @param {string} text
 * @returns {import("./storage.js").Change}
 */
function ofDraft(owner, key, text) {
  return { store: "drafts", key: [owner, key], value: text || undefined };
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
  return [...found.values()].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

/**
 * @param {string} owner
 * @returns {Promise<Map<string, string>>} by conversation
 */
export async function draftsOf(owner) {
  /** @type {IDBRequest<any> | undefined} */
  let keys;
  /** @type {string[]} */
  const texts = (await run("drafts", "readonly", (store) => {
    keys = store.getAllKeys(rangeOf(owner));
    return store.getAll(rangeOf(owner));
  })) ?? [];
  const found = new Map(texts.map((text, index) => [keys?.result[index][1], text]));
  for (const { key, value } of pendingIn("drafts")) {
    const [writer, conversation] = /** @type {string[]} */ (key);
    if (writer !== owner) continue;
    if (value === undefined) found.delete(conversation);
    else found.set(conversation, value);
  }
  return found;
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
 */

const CONVERSATION = "conversation ";
const TIMELINE = "timeline ";

/**
 * Writes all of it or nothing: revisions and what they stand for belong together.
 * @param {string} owner
 * @param {KnownRecords} changed
 * @param {{ conversations: string[], timelines: string[] }} gone their keys
 */
export function keepKnown(owner, { conversations, timelines, userRevision }, gone) {
  return transact(["seen"], "readwrite", (transaction) => {
    const store = transaction.objectStore("seen");
    for (const one of conversations) store.put(one, [owner, CONVERSATION + one.key]);
    for (const one of timelines) store.put(one, [owner, TIMELINE + one.key]);
    for (const key of gone.conversations) store.delete([owner, CONVERSATION + key]);
    for (const key of gone.timelines) store.delete([owner, TIMELINE + key]);
    return store.put(userRevision, [owner, "userRevision"]);
  });
}

/**
 * @param {string} owner
 * @returns {Promise<KnownRecords>}
 */
export async function knownTo(owner) {
  const [conversations, timelines, userRevision] = await Promise.all([
    run("seen", "readonly", (store) => store.getAll(prefixRange(owner, CONVERSATION))),
    run("seen", "readonly", (store) => store.getAll(prefixRange(owner, TIMELINE))),
    seenBy(owner, "userRevision"),
  ]);
  return { conversations: conversations ?? [], timelines: timelines ?? [], userRevision: userRevision ?? 0 };
}

/**
 * @param {string} owner
 * @param {string} prefix
 */
function prefixRange(owner, prefix) {
  return IDBKeyRange.bound([owner, prefix], [owner, `${prefix}\uffff`]);
}

/** What was last seen is gone after signing out; what was written and not sent is not. */
export const forgetSeen = (/** @type {string} */ owner) => run("seen", "readwrite", (store) => store.delete(rangeOf(owner)));

/** @param {string} owner */
function rangeOf(owner) {
  return IDBKeyRange.bound([owner], [owner, []]);
}
