/** The connection to IndexedDB, which may be missing, refuse, fail at any time, be full, be blocked by another tab or never answer. */

import { ownName } from "./config.js";

const NAME = ownName("chatapp");
const VERSION = 2;

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

/**
 * Rejects where the browser has no IndexedDB or refuses it, as some do in private windows. The next call tries again.
 * @returns {Promise<IDBDatabase>}
 */
function open() {
  if (opening) return opening;
  opening = new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => createStores(request.result, oldVersion);
    request.onsuccess = () => resolve(watched(request.result));
    request.onerror = () => reject(request.error);
  });
  opening.catch(forget);
  return opening;
}

function forget() {
  opening = null;
}

/** @param {IDBDatabase} database */
function watched(database) {
  database.onclose = forget;
  database.onversionchange = () => {
    // A newer page in another tab must be able to upgrade the database.
    database.close();
    forget();
  };
  return database;
}

/**
 * @param {IDBDatabase} database
 * @param {number} oldVersion 0 for none
 */
function createStores(database, oldVersion) {
  if (oldVersion < 1) {
    database.createObjectStore("outbox", { keyPath: "clientId" }).createIndex("owner", "owner");
    database.createObjectStore("drafts");
    database.createObjectStore("seen");
  }
  database.createObjectStore("trays");
  database.createObjectStore("files");
}

/**
 * One transaction. Rejects if it is not committed.
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(transaction: IDBTransaction) => IDBRequest | undefined} work
 * @returns {Promise<any>} the result of the request that `work` returns
 */
export async function perform(stores, mode, work) {
  const transaction = begin(await open(), stores, mode);
  return new Promise((resolve, reject) => {
    const request = work(transaction);
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
    // Without this call the transaction commits after the page handles the result, which a closing page never does.
    transaction.commit();
  });
}

/**
 * @param {IDBDatabase} database
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 */
function begin(database, stores, mode) {
  try {
    return database.transaction(stores, mode, { durability: "strict" });
  } catch (error) {
    // The browser has closed the connection, which not every browser reports. The next call opens another.
    forget();
    throw error;
  }
}
