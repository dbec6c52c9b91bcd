/** The HTTP API for what is mine alone: preferences, settings, and who has read my messages. */

import { call } from "./api.js";

/**
 * @param {string} receiver
 * @param {boolean} group
 * @param {{ level?: import("./protocol.js").Level, unreadFrom?: number | null }} changes
 * @returns {Promise<import("./protocol.js").Preferences>}
 */
export async function setPreferences(receiver, group, changes) {
  return (await call("PATCH", "/preferences", { receiver, group, ...changes })).preferences;
}

/**
 * @param {string} receiver
 * @param {boolean} group
 * @param {number} sequence of a message of mine
 * @returns {Promise<import("./protocol.js").MessageReceipt[]>}
 */
export async function fetchReceipts(receiver, group, sequence) {
  const query = new URLSearchParams({ receiver, group: group ? "yes" : "no", sequence: String(sequence) });
  return (await call("GET", `/receipts?${query}`)).receipts;
}

/**
 * @param {string} username
 * @param {boolean} on
 * @returns {Promise<import("./personalprotocol.js").Block>}
 */
export async function setBlock(username, on) {
  return (await call("PUT", `/block/${encodeURIComponent(username)}`, { on })).block;
}

/**
 * @param {Partial<import("./protocol.js").Settings>} changes
 * @returns {Promise<import("./protocol.js").Settings>}
 */
export async function changeSettings(changes) {
  return (await call("PATCH", "/settings", changes)).settings;
}
