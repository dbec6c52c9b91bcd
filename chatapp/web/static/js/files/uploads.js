/** Sends the files of unsent messages, and says how far each is. One tab sends those of a message. */

import { signal } from "@preact/signals";
import { ownName } from "../config.js";
import { connection } from "../store.js";
import { tellTabs } from "../tabs.js";
import { forgetLimits } from "./limits.js";

/**
 * @typedef {import("../models/outbox.js").OutboxEntry} OutboxEntry
 * @typedef {import("../models/outbox.js").OutboxFile} OutboxFile
 * @typedef {{ code: string, name: string }} Problem the code of an error, and the name of the file that it is about
 */

const FILES_AT_ONCE = 2;
const TELL_MILLISECONDS = 500;
/** A tab that has said nothing for this time is taken to be closed, where the browser cannot tell. */
const SILENT_MILLISECONDS = 5_000;
/** The server may forget an upload once, by its age. More often means that something else is wrong. */
const BEGINNINGS_MAX = 3;

/** @type {Map<string, import("@preact/signals").Signal<number>>} */
const shares = new Map();
/** By the id of the file. @type {Map<string, AbortController>} */
const running = new Map();
/** The ids of files that the server has and takes. @type {Set<string>} */
const ready = new Set();
/** When another tab last told of a file, by its id. @type {Map<string, number>} */
const heardAt = new Map();

/** @param {string} id of a file @returns {import("@preact/signals").Signal<number>} what part of it is sent, from 0 to 1 */
export function shareOf(id) {
  const share = shares.get(id) ?? signal(0);
  shares.set(id, share);
  return share;
}

/** Another tab is sending a file. @param {string} id @param {number} share */
export function takeProgress(id, share) {
  heardAt.set(id, Date.now());
  shareOf(id).value = share;
}

/**
 * Sends those files of a message that the server does not have.
 * @param {Pick<OutboxEntry, "clientId" | "files">} entry
 * @param {object} hooks
 * @param {() => OutboxFile[]} hooks.present the files that the message has now; none if it is gone
 * @param {(id: string, uploadId: string | null) => void} hooks.note stores the upload of a file
 * @returns {Promise<Problem | null>} null if the server has all files that the message has now
 */
export async function uploadFiles(entry, hooks) {
  const missing = () => hooks.present().filter(({ id }) => !ready.has(id));
  if (missing().length === 0) return null;
  if (connection.peek() !== "connected") return { code: "offline", name: "" };
  return inOneTab(entry, async () => {
    /** @type {Problem[]} */
    const problems = [];
    const work = async () => {
      for (let file = nextOf(missing()); file && problems.length === 0; file = nextOf(missing())) {
        const code = await uploadOne(file, hooks);
        if (!code || code === "cancelled") continue;
        problems.push({ code, name: file.name });
        for (const { id } of missing()) running.get(id)?.abort();
      }
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
    // Without locks an earlier attempt of this tab may still be sending some.
    return problems[0] ?? (missing().length > 0 ? { code: "unavailable", name: "" } : null);
  });
}

/** @param {OutboxFile[]} files */
const nextOf = (files) => files.find(({ id }) => !running.has(id));

/**
 * @param {OutboxFile} file
 * @param {Parameters<typeof uploadFiles>[1]} hooks
 * @returns {Promise<string>} the code of the error; empty if the server has the file
 */
async function uploadOne(file, hooks) {
  const controller = new AbortController();
  running.set(file.id, controller);
  try {
    const code = await attempt(file, hooks, controller.signal);
    if (!code) ready.add(file.id);
    return code;
  } finally {
    running.delete(file.id);
  }
}

/**
 * @param {OutboxFile} file
 * @param {Parameters<typeof uploadFiles>[1]} hooks
 * @param {AbortSignal} cancelled
 * @returns {Promise<string>}
 */
async function attempt(file, hooks, cancelled) {
  if (!(await isReadable(file.blob))) return "file_unreadable";
  const tus = await import("./resumable.js").catch(() => null);
  if (!tus) return "unavailable";
  let code = "";
  let { uploadId } = file;
  for (let beginnings = 0; beginnings < BEGINNINGS_MAX; beginnings += 1) {
    // Meanwhile somebody else may have signed in, whose upload it would be.
    if (!hooks.present().some(({ id }) => id === file.id)) return "cancelled";
    const onBegun = (/** @type {string} */ begun) => hooks.note(file.id, begun);
    code = await tus.upload({ ...file, uploadId }, { onProgress: progressOf(file.id), onBegun, cancelled });
    if (code !== "upload_missing") break;
    uploadId = null;
    hooks.note(file.id, null);
  }
  // With a connection nothing else would try again.
  return code === "offline" && connection.peek() === "connected" ? "unavailable" : code;
}

/** A file of the device may have been changed or deleted since. @param {Blob | null} blob */
async function isReadable(blob) {
  try {
    if (blob) await blob.slice(0, 1).arrayBuffer();
    return blob !== null;
  } catch {
    return false;
  }
}

/** @param {string} id */
function progressOf(id) {
  let toldAt = 0;
  return (/** @type {number} */ share) => {
    shareOf(id).value = share;
    if (Date.now() - toldAt < TELL_MILLISECONDS) return;
    toldAt = Date.now();
    tellTabs({ type: "progress", id, share });
  };
}

/**
 * Waits until no other tab sends the files of the message. Only secure pages have locks; on others a tab that sends is
 * known by what it tells.
 * @param {Pick<OutboxEntry, "clientId" | "files">} entry
 * @param {() => Promise<Problem | null>} work
 * @returns {Promise<Problem | null>}
 */
async function inOneTab({ clientId, files = [] }, work) {
  if (navigator.locks) return navigator.locks.request(ownName(`upload-${clientId}`), work);
  while (files.some(({ id }) => Date.now() - (heardAt.get(id) ?? 0) < SILENT_MILLISECONDS)) await pause();
  return work();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, SILENT_MILLISECONDS / 5));

/** The server has forgotten the files of a message: they are sent anew. @param {OutboxFile[]} files */
export function beginAnew(files) {
  for (const { id } of files) ready.delete(id);
}

/** A new session begins. What is not sent goes on with it. */
export function interruptUploads() {
  for (const controller of running.values()) controller.abort();
}

/**
 * Stops sending files.
 * @param {OutboxFile[]} files
 * @param {boolean} isForGood whether the server is to forget what it has of them
 */
export async function stopUploads(files, isForGood) {
  for (const { id } of files) {
    running.get(id)?.abort();
    shares.delete(id);
  }
  const begun = files.filter(({ uploadId }) => uploadId);
  if (!isForGood || begun.length === 0) return;
  forgetLimits();
  const tus = await import("./resumable.js").catch(() => null);
  if (tus) await Promise.all(begun.map(({ uploadId }) => tus.forgetUpload(/** @type {string} */ (uploadId))));
}
