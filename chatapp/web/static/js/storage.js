/**
 * Storage for the rest of the page: no call fails or waits for long. Data that could not be written stays readable in
 * memory, and is written as soon as storage works (again).
 */

import { perform } from "./indexeddb.js";
import { canKeep } from "./store.js";

/** A starting page waits twice, so this keeps its wait below a second. */
const PATIENCE_MILLISECONDS = 500;

/** Storage did not answer in time. Until it answers, no call waits for it. */
let isLate = false;

/** @type {() => void} */
let recovered = () => {};

/** @param {() => void} listener called when storage works after it was late or had failed */
export function onRecovered(listener) {
  recovered = listener;
}

/**
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(transaction: IDBTransaction) => IDBRequest} work its result is returned
 * @returns {Promise<any>} undefined where storage fails or is late
 */
export function transact(stores, mode, work) {
  // A full disk may have no room for the last known state, and still take an unsent message.
  return inTime(perform(stores, mode, work), mode === "readonly" ? lose : () => undefined);
}

/**
 * @param {Promise<any>} answer
 * @param {() => void} failed
 * @returns {Promise<any>} undefined without an answer
 */
function inTime(answer, failed = lose) {
  return new Promise((resolve) => {
    if (isLate) resolve(undefined);
    const timer = setTimeout(() => resolve(giveUp()), PATIENCE_MILLISECONDS);
    answer
      .then(hear, failed)
      .then(resolve)
      .finally(() => clearTimeout(timer));
  });
}

function giveUp() {
  isLate = true;
  canKeep.value = false;
}

function lose() {
  canKeep.value = false;
}

/** @param {any} result */
function hear(result) {
  if (isLate) {
    isLate = false;
    inTime(flush());
  }
  return result;
}

/**
 * @typedef {object} Change a write that must not be lost
 * @property {"outbox" | "drafts" | "trays"} store
 * @property {IDBValidKey} key
 * @property {any} value undefined for a deletion
 */

/** Changes that are not on disk yet, by record: for a moment, or while storage does not work. @type {Map<string, Change>} */
const pending = new Map();
/** @type {Set<Change>} */
const inFlight = new Set();

/**
 * Writes everything or nothing, together with data that could not be written before.
 * @param {...Change} changes
 */
export function write(...changes) {
  for (const change of changes) pending.set(idOf(change), change);
  return inTime(flush());
}

/** @param {Change} change */
const idOf = ({ store, key }) => JSON.stringify([store, key]);

/**
 * @param {string} store
 * @returns {Change[]} changes that are not on disk
 */
export function pendingIn(store) {
  return [...pending.values()].filter((change) => change.store === store);
}

async function flush() {
  const changes = [...pending.values()].filter((change) => !inFlight.has(change));
  for (const change of changes) inFlight.add(change);
  try {
    await perform(["outbox", "drafts", "trays"], "readwrite", (transaction) => apply(transaction, changes));
    for (const change of changes) if (pending.get(idOf(change)) === change) pending.delete(idOf(change));
  } finally {
    for (const change of changes) inFlight.delete(change);
  }
  if (canKeep.peek() || isLate || pending.size > 0 || unkept.size > 0) return;
  canKeep.value = true;
  recovered();
}

/**
 * @param {IDBTransaction} transaction
 * @param {Change[]} changes
 */
function apply(transaction, changes) {
  for (const { store, key, value } of changes) putOrDelete(transaction.objectStore(store), key, value);
  return undefined;
}

/**
 * @param {IDBObjectStore} store
 * @param {IDBValidKey} key
 * @param {any} value null or undefined to delete the record
 * @returns {IDBRequest}
 */
export function putOrDelete(store, key, value) {
  return (value ?? null) === null ? store.delete(key) : store.put(value, store.keyPath === null ? key : undefined);
}

/** The keys of what belongs to a user: its owner, and a name. @param {string} owner */
export const rangeOf = (owner) => IDBKeyRange.bound([owner], [owner, []]);

/**
 * @param {"drafts" | "trays"} store
 * @param {string} owner
 * @returns {Promise<Map<string, any>>} the records of a user by their name; those that are not on disk yet are among them
 */
export async function recordsOf(store, owner) {
  const found = (await keptOf(store, owner)) ?? new Map();
  for (const { key, value } of pendingIn(store)) {
    const [writer, name] = /** @type {string[]} */ (key);
    if (writer !== owner) continue;
    if (value === undefined) found.delete(name);
    else found.set(name, value);
  }
  return found;
}

/**
 * @param {string} store
 * @param {string} owner
 * @returns {Promise<Map<string, any> | null>} the records of a user that are on disk; null without an answer from storage
 */
export async function keptOf(store, owner) {
  /** @type {IDBRequest<any> | undefined} */
  let keys;
  /** @type {any[] | undefined} */
  const values = await transact([store], "readonly", (transaction) => {
    const records = transaction.objectStore(store);
    keys = records.getAllKeys(rangeOf(owner));
    return records.getAll(rangeOf(owner));
  });
  return values ? new Map(values.map((value, index) => [keys?.result[index][1], value])) : null;
}

/** The ids of files whose bytes did not get on disk. @type {Set<string>} */
const unkept = new Set();

/**
 * Writes or deletes the bytes of a file. A large file takes longer than any other write may.
 * @param {string} owner
 * @param {string} id of the file
 * @param {Blob | null} blob null to delete it
 * @returns {Promise<void>}
 */
export async function keepBytes(owner, id, blob) {
  try {
    await perform(["files"], "readwrite", (transaction) => putOrDelete(transaction.objectStore("files"), [owner, id], blob));
    unkept.delete(id);
  } catch {
    if (blob) unkept.add(id);
    else unkept.delete(id);
    lose();
  }
}
