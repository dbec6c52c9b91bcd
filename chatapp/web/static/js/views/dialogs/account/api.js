/** The HTTP API for my account: sessions. The password is changed by `session.js`, since that begins another session. */

import { call } from "../../../api.js";

/**
 * @typedef {object} Session
 * @property {string} id
 * @property {string} method how it began: `name`, `password` or `invitation`; empty if that is not known
 * @property {string} device the User-Agent
 * @property {string} address
 * @property {string | null} lastUsedAt
 * @property {boolean} current whether it is this one
 */

/** @returns {Promise<Session[]>} the last used first */
export async function fetchSessions() {
  return (await call("GET", "/sessions")).sessions;
}

/** @param {string} id */
export async function endSession(id) {
  await call("DELETE", `/sessions/${encodeURIComponent(id)}`);
}

export async function endOtherSessions() {
  await call("DELETE", "/sessions");
}
