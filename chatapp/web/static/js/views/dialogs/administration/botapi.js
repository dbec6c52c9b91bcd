/** The HTTP API for bots and their tokens. */

import { call } from "../../../api.js";

/**
 * @typedef {{ username: string, name: string, isActive: boolean, tokens: number }} Bot
 * @typedef {{ id: string, name: string, createdAt: string, expiresAt: string | null, lastUsed: string | null }} BotToken
 * @typedef {{ id: string, token: string, expiresAt: string | null }} NewBotToken
 */

const tokensPath = (/** @type {string} */ username) => `/admin/bots/${encodeURIComponent(username)}/tokens`;

/** @returns {Promise<Bot[]>} by username */
export async function fetchBots() {
  return (await call("GET", "/admin/bots")).bots;
}

/** @param {string} username @param {string} name that others see @returns {Promise<Bot>} */
export async function addBot(username, name) {
  return (await call("POST", "/admin/bots", { username, name })).bot;
}

/** @param {string} username @returns {Promise<BotToken[]>} the valid ones, the newest first */
export async function fetchTokens(username) {
  return (await call("GET", tokensPath(username))).tokens;
}

/** @param {string} username @param {string} name @param {number | null} days null for a token without an end @returns {Promise<NewBotToken>} */
export const addToken = (username, name, days) => call("POST", tokensPath(username), { name, days });

/** @param {string} username @param {string} id */
export async function revokeToken(username, id) {
  await call("DELETE", `${tokensPath(username)}/${encodeURIComponent(id)}`);
}
