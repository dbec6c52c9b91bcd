/** What is attached to a message that is being written, by conversation. It survives a reload, as the text does. */

import { signal } from "@preact/signals";
import { kindOf } from "../models/files.js";
import { newClientId } from "../models/outbox.js";
import { me } from "../store.js";
import { tellTabs } from "../tabs.js";
import { dropBlobs, keepBlob, keepTray, recallBlobs, traysOf, unusedFiles, withBytes } from "./database.js";

/** @typedef {import("../models/outbox.js").OutboxFile} OutboxFile */

/** Whose files they are, and the files by conversation. @type {import("@preact/signals").Signal<{ owner: string, files: Map<string, OutboxFile[]> }>} */
const trays = signal({ owner: "", files: new Map() });

/** @type {OutboxFile[]} */
const EMPTY = [];

/** Where it is being found out which files can be sent. @type {import("@preact/signals").Signal<{ key: string }[]>} */
const waiting = signal([]);

/** @param {string} key whether files are about to be attached there: the message that they belong to is not complete */
export const isAttaching = (key) => waiting.value.some((one) => one.key === key);

/**
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} look finds out which files can be attached
 * @returns {Promise<T>}
 */
export async function whileAttaching(key, look) {
  const mine = { key };
  waiting.value = [...waiting.peek(), mine];
  try {
    return await look();
  } finally {
    waiting.value = waiting.peek().filter((one) => one !== mine);
  }
}

/** @param {string} key @returns {OutboxFile[]} */
export function trayOf(key) {
  const { owner, files } = trays.value;
  return owner === me.value ? (files.get(key) ?? EMPTY) : EMPTY;
}

/**
 * @param {Blob} blob
 * @param {string} name
 * @param {Partial<OutboxFile>} [more]
 * @returns {OutboxFile}
 */
export function newFile(blob, name, more) {
  const { type, size } = blob;
  return { id: newClientId(), name, type, kind: kindOf(type.split(";")[0]), size, alt: "", width: null, height: null, blob, uploadId: null, ...more };
}

/**
 * @param {string} key
 * @param {OutboxFile[]} files
 */
export function attach(key, files) {
  setTray(key, [...trayOf(key), ...files]);
  for (const file of files) keepBlob(me.peek(), file);
}

/**
 * Changes a file that is still attached.
 * @param {string} key
 * @param {string} id
 * @param {Partial<OutboxFile>} changes
 */
export function describe(key, id, changes) {
  const files = trayOf(key);
  if (files.some((file) => file.id === id)) setTray(key, files.map((file) => (file.id === id ? { ...file, ...changes } : file)));
}

/**
 * @param {string} key
 * @param {OutboxFile} file
 */
export function detach(key, file) {
  setTray(key, trayOf(key).filter(({ id }) => id !== file.id));
  dropBlobs(me.peek(), [file]);
}

/** The files have become a message, which is stored without them being here any more. @param {string} key */
export function endTray(key) {
  if (trayOf(key).length > 0) show(key, EMPTY);
}

/**
 * @param {string} key
 * @param {OutboxFile[]} files
 */
function setTray(key, files) {
  show(key, files);
  keepTray(me.peek(), key, files);
}

/**
 * @param {string} key
 * @param {OutboxFile[]} files
 */
function show(key, files) {
  putTray(key, files);
  tellTabs({ type: "tray", owner: me.peek(), key, files });
}

/**
 * What is attached now, here or in another tab.
 * @param {string} key
 * @param {OutboxFile[]} files
 */
export function putTray(key, files) {
  const owner = me.peek();
  const known = trays.peek();
  trays.value = { owner, files: new Map(known.owner === owner ? known.files : []).set(key, files) };
}

/** @param {string} owner */
export async function recallTrays(owner) {
  // Without the bytes there is nothing to show. They are asked for again when storage works.
  if (!(await recallBlobs(owner))) return;
  const kept = await traysOf(owner);
  if (me.peek() !== owner) return;
  const present = trays.peek().owner === owner ? trays.peek().files : new Map();
  const found = [...kept].map(([key, files]) => /** @type {const} */ ([key, files.map(withBytes).filter(({ blob }) => blob)]));
  trays.value = { owner, files: new Map([...found, ...present]) };
  await forgetUnused(owner);
}

/** Deletes the bytes that nothing uses. @param {string} owner */
async function forgetUnused(owner) {
  const unused = await unusedFiles(owner);
  const attached = new Set([...trays.peek().files.values()].flat().map(({ id }) => id));
  if (unused && me.peek() === owner) await dropBlobs(owner, unused.filter(({ id }) => !attached.has(id)));
}
