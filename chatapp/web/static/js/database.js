/**
 * What survives a reload, in IndexedDB: unsent messages, drafts, and what was last seen. Never the session's token.
 * Where the browser forbids it (private windows of some), the client works on without.
 */

import { ownName } from "./config.js";

/** @typedef {import("./models/outbox.js").OutboxEntry} OutboxEntry */

const NAME = ownName("chatapp");
const VERSION = 1;

/** @type {Promise<IDBDatabase | null> | null} */
let opening = null;

/** @returns {Promise<IDBDatabase | null>} */
function open() {
  opening ??= new Promise((resolve) => {
    if (typeof indexedDB === "undefined") return resolve(null);
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => createStores(request.result);
    request.onsuccess = () => resolve(ready(request.result));
    request.onerror = () => resolve(null);
  });
  return opening;
}

/** A newer page in another tab must be able to upgrade the database. */
function ready(/** @type {IDBDatabase} */ database) {
  database.onversionchange = () => {
    database.close();
    opening = null;
  };
  return database;
}

/** @param {IDBDatabase} database */
function createStores(database) {
  database.createObjectStore("outbox", { keyPath: "clientId" }).createIndex("owner", "owner");
  database.createObjectStore("drafts");
  database.createObjectStore("seen");
}

/**
 * @param {string} store
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} work
 * @returns {Promise<any>} undefined where nothing can be kept
 */
const run = (store, mode, work) => transact([store], mode, (transaction) => work(transaction.objectStore(store)));

/**
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(transaction: IDBTransaction) => IDBRequest} work whose result is wanted
 * @returns {Promise<any>} undefined where nothing can be kept
 */
async function transact(stores, mode, work) {
  const database = await open();
  if (!database) return undefined;
  return new Promise((resolve) => {
    try {
      const transaction = database.transaction(stores, mode, { durability: "strict" });
      const request = work(transaction);
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => resolve(undefined);
      // By itself it would be committed when the page has heard of the request; a page that closes never does.
      transaction.commit();
    } catch {
      resolve(undefined);
    }
  });
}

/** @param {OutboxEntry} entry */
export const keepEntry = (entry) => run("outbox", "readwrite", (store) => store.put(entry));

/**
 * A draft has become a message: after whatever happens next, it is one or the other.
 * @param {OutboxEntry} entry
 */
export const keepEntryOfDraft = (entry) =>
  transact(["outbox", "drafts"], "readwrite", (transaction) => {
    transaction.objectStore("drafts").delete([entry.owner, entry.key]);
    return transaction.objectStore("outbox").put(entry);
  });

/** @param {string} clientId */
export const dropEntry = (clientId) => run("outbox", "readwrite", (store) => store.delete(clientId));

/**
 * @param {string} owner
 * @returns {Promise<OutboxEntry[]>} in the order in which they were written
 */
export async function entriesOf(owner) {
  /** @type {OutboxEntry[]} */
  const found = (await run("outbox", "readonly", (store) => store.index("owner").getAll(owner))) ?? [];
  return found.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

/**
 * @param {string} owner
 * @param {string} key
 * @param {string} text
 */
export function keepDraft(owner, key, text) {
  return run("drafts", "readwrite", (store) => (text ? store.put(text, [owner, key]) : store.delete([owner, key])));
}

/**
 * @param {string} owner
 * @returns {Promise<Map<string, string>>}
 */
export async function draftsOf(owner) {
  const range = rangeOf(owner);
  /** @type {string[][]} */
  const keys = (await run("drafts", "readonly", (store) => store.getAllKeys(range))) ?? [];
  const texts = (await run("drafts", "readonly", (store) => store.getAll(range))) ?? [];
  return new Map(keys.map((key, index) => [key[1], texts[index]]));
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
