/** The calls about forwarded, saved and scheduled messages that only dialogs make. */

import { ApiError, call } from "../../api.js";

/** @typedef {import("../../personalprotocol.js").Scheduled} Scheduled */

const path = (/** @type {string} */ clientId) => `/scheduled/${encodeURIComponent(clientId)}`;

/**
 * @param {{ receiver: string, group: boolean, content: string, clientId: string, dueAt: string, replyTo?: number, files?: import("../../protocol.js").FileToSend[] }} wanted
 * @returns {Promise<Scheduled>}
 */
export async function schedule(wanted) {
  return (await call("POST", "/scheduled", wanted)).scheduled;
}

/**
 * @param {string} clientId
 * @param {{ content?: string, dueAt?: string, files?: string[] }} changes the uploads of the files that stay
 * @returns {Promise<Scheduled>}
 */
export async function changeScheduled(clientId, changes) {
  return (await call("PATCH", path(clientId), changes)).scheduled;
}

/**
 * @param {string} clientId
 * @returns {Promise<Scheduled>}
 */
export async function deleteScheduled(clientId) {
  return (await call("DELETE", path(clientId))).scheduled;
}

/** @param {string} clientId */
export async function sendScheduled(clientId) {
  await call("POST", `${path(clientId)}/send`);
}

/**
 * @param {number | null} before the `next` of the page before; null for the first page
 * @returns {Promise<{ messages: import("../../personalprotocol.js").ListedMessage[], next: number | null }>} the last saved first
 */
export function fetchSaved(before) {
  return call("GET", before === null ? "/saved" : `/saved?before=${before}`);
}

/**
 * @param {string} messageId of a forwarded message
 * @returns {Promise<string>} the id of the original; empty if I may not see it
 */
export async function fetchOrigin(messageId) {
  try {
    return (await call("GET", `/message/${encodeURIComponent(messageId)}/origin`)).messageId;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return "";
  }
}

/**
 * @param {string} messageId
 * @param {boolean} on
 * @returns {Promise<import("../../personalprotocol.js").Saved>}
 */
export async function saveMessage(messageId, on) {
  return (await call("PUT", `/message/${encodeURIComponent(messageId)}/saved`, { on })).saved;
}
