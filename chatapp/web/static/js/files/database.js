/**
 * Files that are not sent yet, on disk: what is attached in each conversation, and the bytes. The bytes are apart from all
 * else, because they may take seconds to be written, and a message is written in a moment.
 */

import { keepBytes, keptOf, pendingIn, rangeOf, recordsOf, transact, write } from "../storage.js";

/** @typedef {import("../models/outbox.js").OutboxFile} OutboxFile */

/** The bytes of the files that this page knows, by their id. @type {Map<string, Blob>} */
const blobs = new Map();

/**
 * @param {OutboxFile} file
 * @returns {OutboxFile} as it is stored beside the bytes
 */
export const withoutBytes = (file) => ({ ...file, blob: null });

/** @param {OutboxFile} file @returns {OutboxFile} with the bytes, if the page has them */
export const withBytes = (file) => ({ ...file, blob: file.blob ?? blobs.get(file.id) ?? null });

/**
 * @param {string} owner
 * @param {OutboxFile} file
 */
export function keepBlob(owner, { id, blob }) {
  if (!blob) return undefined;
  blobs.set(id, blob);
  return keepBytes(owner, id, blob);
}

/**
 * The files are sent or discarded.
 * @param {string} owner
 * @param {{ id: string }[]} files
 */
export async function dropBlobs(owner, files) {
  for (const { id } of files) {
    blobs.delete(id);
    await keepBytes(owner, id, null);
  }
}

/**
 * @param {string} owner
 * @param {string} key of the conversation
 * @param {OutboxFile[]} files that are attached
 */
export const keepTray = (owner, key, files) => write(ofTray(owner, key, files));

/**
 * @param {string} owner
 * @param {string} key
 * @param {OutboxFile[]} files
 * @returns {import("../storage.js").Change}
 */
export function ofTray(owner, key, files) {
  return { store: "trays", key: [owner, key], value: files.length > 0 ? files.map(withoutBytes) : undefined };
}

/**
 * @param {string} owner
 * @returns {Promise<Map<string, OutboxFile[]>>} what is attached, by conversation
 */
export const traysOf = (owner) => recordsOf("trays", owner);

/**
 * Reads the bytes of the files of a user.
 * @param {string} owner
 * @returns {Promise<string[] | null>} the ids of all files whose bytes are on disk; null without an answer from storage
 */
export async function recallBlobs(owner) {
  const found = await keptOf("files", owner);
  if (!found) return null;
  for (const [id, blob] of found) if (!blobs.has(id)) blobs.set(id, blob);
  return [...found.keys()];
}

/**
 * Files that are in no message and attached nowhere, as a crash may leave their bytes. All is read at one moment, when
 * every file has its place, since it gets that before its bytes.
 * @param {string} owner
 * @returns {Promise<{ id: string }[] | null>} null without an answer from storage: then every file may be in use
 */
export async function unusedFiles(owner) {
  /** @type {IDBRequest<any> | undefined} */
  let trays;
  /** @type {IDBRequest<any> | undefined} */
  let entries;
  /** @type {[string, string][] | undefined} */
  const keys = await transact(["files", "trays", "outbox"], "readonly", (transaction) => {
    trays = transaction.objectStore("trays").getAll(rangeOf(owner));
    entries = transaction.objectStore("outbox").index("owner").getAll(owner);
    return transaction.objectStore("files").getAllKeys(rangeOf(owner));
  });
  if (!keys) return null;
  const pending = ["trays", "outbox"].flatMap(pendingIn).map(({ value }) => value);
  const used = new Set([...(trays?.result ?? []), ...(entries?.result ?? []), ...pending].flatMap(filesIn).map(({ id }) => id));
  return keys.map(([, id]) => ({ id })).filter(({ id }) => !used.has(id));
}

/** @param {OutboxFile[] | import("../models/outbox.js").OutboxEntry | undefined} place @returns {OutboxFile[]} */
const filesIn = (place) => (Array.isArray(place) ? place : (place?.files ?? []));

/**
 * The usernames have changed: mine, or those of others, which conversations are named by.
 * @param {string} me
 * @param {string} owner me from now on
 * @param {(key: string) => string} presentKey
 */
export async function moveTrays(me, owner, presentKey) {
  for (const [key, files] of await traysOf(me)) {
    const to = presentKey(key);
    if (me === owner && key === to) continue;
    await keepTray(owner, to, files);
    await keepTray(me, key, []);
  }
}

/**
 * @param {string} me
 * @param {string} owner me from now on
 */
export async function moveBlobs(me, owner) {
  for (const id of (await recallBlobs(me)) ?? []) {
    await keepBytes(owner, id, blobs.get(id) ?? null);
    await keepBytes(me, id, null);
  }
}
