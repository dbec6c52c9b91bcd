/** The calls that change one message, or read what belongs to it. */

import { call } from "./api.js";

/** @typedef {import("./protocol.js").Message} Message */

const messagePath = (/** @type {string} */ messageId) => `/message/${encodeURIComponent(messageId)}`;

/**
 * @param {string} messageId
 * @param {string} content
 * @returns {Promise<Message>}
 */
export async function editMessage(messageId, content) {
  return (await call("PATCH", messagePath(messageId), { content })).message;
}

/**
 * @param {string} messageId
 * @returns {Promise<Message>}
 */
export async function deleteMessage(messageId) {
  return (await call("DELETE", messagePath(messageId))).message;
}

/**
 * @param {string} messageId
 * @param {string} emoji
 * @param {boolean} on
 * @returns {Promise<Message>}
 */
export async function react(messageId, emoji, on) {
  return (await call("POST", `${messagePath(messageId)}/reactions`, { emoji, on })).message;
}

/**
 * @param {string} messageId
 * @param {boolean} on
 * @returns {Promise<Message>}
 */
export async function pin(messageId, on) {
  return (await call("PUT", `${messagePath(messageId)}/pin`, { on })).message;
}

/**
 * @param {string} messageId
 * @returns {Promise<Message>}
 */
export async function deletePreviews(messageId) {
  return (await call("DELETE", `${messagePath(messageId)}/previews`)).message;
}

/**
 * @param {string} receiver
 * @param {boolean} group
 * @returns {Promise<Message[]>} in the order of their sequence
 */
export async function fetchPinned(receiver, group) {
  return (await call("GET", `/pinned/${encodeURIComponent(receiver)}?group=${group ? "yes" : "no"}`)).messages;
}

/**
 * @param {string} messageId
 * @returns {Promise<import("./protocol.js").Version[]>} oldest first
 */
export async function fetchVersions(messageId) {
  return (await call("GET", `${messagePath(messageId)}/versions`)).versions;
}

/**
 * @param {string} messageId
 * @returns {Promise<Record<string, string[]>>} usernames by emoji
 */
export async function fetchReactors(messageId) {
  return (await call("GET", `${messagePath(messageId)}/reactions`)).reactions;
}
