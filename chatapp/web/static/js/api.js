/** The HTTP API. Nothing else on the page calls `fetch`. */

import { addressOfFile, ownName, settings } from "./config.js";
import { PAGE_SIZE } from "./protocol.js";

/**
 * @typedef {import("./protocol.js").User} User
 * @typedef {import("./protocol.js").Group} Group
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Role} Role
 * @typedef {import("./protocol.js").Details} Details
 * @typedef {import("./protocol.js").PublicGroup} PublicGroup
 */

const TIMEOUT_MILLISECONDS = 15_000;

/** A call that did not succeed. `status` is 0 when no answer came. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message the server's sentence; empty when no answer came
   * @param {number} retryAfterSeconds 0 if the server named no time
   * @param {string} until when a suspension ends; empty for anything else
   */
  constructor(status, code, message, retryAfterSeconds = 0, until = "") {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
    this.until = until;
  }

  get isOffline() {
    return this.status === 0;
  }
}

/** @type {() => void} */
let unauthorized = () => {};

/** @param {() => void} listener called when the server knows no session any more */
export function onUnauthorized(listener) {
  unauthorized = listener;
}

/**
 * The token of the session, for a Socket.IO server on a host that the cookie does not reach. It stays in this variable.
 * @type {string | null}
 */
let token = null;
export const sessionToken = () => token;

/** @returns {Promise<import("./store.js").SignedIn | null>} who is signed in */
export async function currentUser() {
  const response = await send("GET", "/loggedIn");
  if (response.status === 401) return null;
  return read(response);
}

/**
 * @param {string} username
 * @param {string} [password]
 * @param {string} [code] of the second factor, or a recovery code
 */
export async function signIn(username, password, code) {
  await read(await send("POST", "/login", { username, password, code }));
}

/**
 * Makes an account, which is then signed in.
 * @param {{ username: string, firstName: string, lastName: string, password?: string, passkey?: import("./passkeys.js").NewPasskey, invite?: string }} account
 */
export async function join(account) {
  await read(await send("POST", "/join", account));
}

/** Fails if the invitation is not valid. @param {string} invite */
export async function checkInvite(invite) {
  await read(await send("POST", "/invite", { invite }));
}

export async function signOut() {
  token = null;
  await read(await send("POST", "/logout", {}));
}

/** @returns {Promise<User[]>} for the sign-in page */
export async function fetchPeople() {
  return (await call("GET", "/users")).users;
}

/** @param {string} threadId */
export async function followThread(threadId) {
  await call("PUT", `/thread/${encodeURIComponent(threadId)}/following`, { on: true });
}

/** @param {string} username @returns {Promise<{ users: User[], groups: Group[] }>} */
export function fetchEverybody(username) {
  return call("GET", `/all/${encodeURIComponent(username)}`);
}

/**
 * @param {string} me
 * @param {string} receiver
 * @param {boolean} group
 * @param {{ before?: number, after?: number, limit?: number }} [page] the newest page if nothing is given
 * @returns {Promise<Message[]>} oldest first
 */
export function fetchMessages(me, receiver, group, page = {}) {
  const query = new URLSearchParams({ group: group ? "yes" : "no", limit: String(PAGE_SIZE) });
  for (const [name, sequence] of Object.entries(page)) query.set(name, String(sequence));
  return call("GET", `/messages/${encodeURIComponent(me)}/${encodeURIComponent(receiver)}?${query}`);
}

/**
 * @param {string} groupName
 * @param {User[]} users
 * @param {string} clientId a UUID: a repetition with the same makes no second group
 * @param {Partial<Details>} details
 * @returns {Promise<Group>}
 */
export async function createGroup(groupName, users, clientId, details) {
  return (await call("POST", "/group", { ...details, groupName, users: users.map(nameOnly), clientId })).newGroup;
}

const nameOnly = (/** @type {{ username: string }} */ { username }) => ({ username });
const groupPath = (/** @type {string} */ groupId) => `/group/${encodeURIComponent(groupId)}`;
const memberPath = (/** @type {string} */ groupId, /** @type {string} */ username) => `${groupPath(groupId)}/members/${encodeURIComponent(username)}`;

/**
 * @param {string} groupId
 * @returns {Promise<Group>} with all of its members
 */
export async function fetchGroup(groupId) {
  return (await call("GET", groupPath(groupId))).group;
}

/**
 * @param {string} groupId
 * @param {Partial<Details> & { groupName?: string }} details those that change
 * @returns {Promise<Group>}
 */
export async function changeGroup(groupId, details) {
  return (await call("PATCH", groupPath(groupId), details)).group;
}

/**
 * @param {string} groupId
 * @param {User[]} users
 * @returns {Promise<Group>}
 */
export async function addMembers(groupId, users) {
  return (await call("POST", `${groupPath(groupId)}/members`, { users: users.map(nameOnly) })).group;
}

/**
 * @param {string} groupId
 * @param {string} username
 * @param {Role} role
 * @returns {Promise<Group>}
 */
export async function setRole(groupId, username, role) {
  return (await call("PUT", memberPath(groupId, username), { role })).group;
}

/**
 * @param {string} groupId
 * @param {string} username one's own to leave
 */
export async function removeMember(groupId, username) {
  await call("DELETE", memberPath(groupId, username));
}

/** @param {string} language of their names @returns {Promise<import("./models/emoji.js").EmojiData[]>} */
export const fetchEmoji = (language) => fetchFile(`vendor/emoji-${language}.json`);

/** @param {string} name of a catalogue @returns {Promise<import("./strings.js").Sentences>} */
export const fetchSentences = (name) => fetchFile(`locales/${name}.json`);

/** A file of the page, whose address names its version. @param {string} name */
async function fetchFile(name) {
  try {
    const response = await fetch(addressOfFile(name), { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    if (response.ok) return await response.json();
  } catch {
    // No network, or a file that another version has replaced.
  }
  throw new ApiError(0, "offline", "");
}

/** @param {string} groupId */
export async function deleteGroup(groupId) {
  await call("DELETE", groupPath(groupId));
}

const publicPath = (/** @type {string} */ groupId) => `/groups/public/${encodeURIComponent(groupId)}`;

/**
 * @param {string} name
 * @param {string | null} after the `next` of the page before; null for the first page
 * @returns {Promise<{ groups: PublicGroup[], next: string | null }>}
 */
export function findGroups(name, after) {
  const query = new URLSearchParams(after === null ? { name } : { name, after });
  return call("GET", `/groups/public?${query}`);
}

/**
 * @param {string} groupId
 * @returns {Promise<PublicGroup>}
 */
export async function fetchPublicGroup(groupId) {
  return (await call("GET", publicPath(groupId))).group;
}

/**
 * @param {string} groupId
 * @returns {Promise<Group>}
 */
export async function joinGroup(groupId) {
  return (await call("POST", `${publicPath(groupId)}/join`, {})).group;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {AbortSignal} [cancelled]
 * @returns {Promise<any>}
 */
export async function call(method, path, body, cancelled) {
  return answerOf(await send(method, path, body, cancelled));
}

/** @param {Response} response @returns {Promise<any>} */
export async function answerOf(response) {
  if (response.status === 401) unauthorized();
  return read(response);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {AbortSignal} [cancelled]
 * @param {Record<string, string>} [more] headers
 * @returns {Promise<Response>}
 */
export async function send(method, path, body, cancelled, more) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", ...more };
  if (body) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-XSRF-TOKEN"] = csrfToken();
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const signal = cancelled ? AbortSignal.any([timeout, cancelled]) : timeout;
  const options = { method, headers, body: body && JSON.stringify(body), credentials: "include", cache: "no-store", signal };
  try {
    const response = await fetch(settings.apiPrefix + path, /** @type {RequestInit} */ (options));
    token = response.headers.get("auth-token") ?? token;
    return response;
  } catch {
    throw new ApiError(0, "offline", "");
  }
}

/**
 * The double submit: a page of another site can neither read this cookie nor set the header. By TLS its name begins with
 * `__Host-`, which keeps other hosts of the domain from setting it; below a base path with `__Secure-`.
 */
export function csrfToken() {
  const name = ownName("XSRF-TOKEN");
  return cookie(`${settings.basePath ? "__Secure-" : "__Host-"}${name}`) || cookie(name);
}

/** @param {string} name */
function cookie(name) {
  const prefix = `${name}=`;
  const found = document.cookie.split("; ").find((part) => part.startsWith(prefix));
  return found ? decodeURIComponent(found.slice(prefix.length)) : "";
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function read(response) {
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  // When the server is down, a proxy in front answers with its own page. That counts as no answer.
  if (body === null && (response.ok || response.status >= 502)) throw new ApiError(0, "offline", "");
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  throw new ApiError(response.status, body?.error?.code ?? "unknown", body?.error?.message ?? body?.response ?? "", retryAfter, body?.error?.details?.until ?? "");
}
