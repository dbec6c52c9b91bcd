/** The HTTP API for my account: my profile, e-mail address, sessions, passkeys and the second factor. My picture is sent by `upload.js`. The password is changed by `session.js`, since that begins another session. */

import { call } from "../../../api.js";
import { makePasskey } from "../../../passkeys.js";

/**
 * @typedef {object} Session
 * @property {string} id
 * @property {string} method how it began: such as `name` or `passkey`; empty if that is not known
 * @property {string} device the User-Agent
 * @property {string} address
 * @property {string | null} lastUsedAt
 * @property {boolean} current whether it is this one
 */

/**
 * @param {Partial<import("../../../protocol.js").Profile>} changes
 * @returns {Promise<import("../../../protocol.js").Profile>}
 */
export async function changeProfile(changes) {
  return (await call("PATCH", "/profile", changes)).profile;
}

/** @returns {Promise<import("../../../protocol.js").Profile>} */
export async function removePicture() {
  return (await call("DELETE", "/profile/picture")).profile;
}

/** @returns {Promise<string | null>} the name of the directory where my name and my password are changed, if there is one */
export async function fetchManagedBy() {
  return (await call("GET", "/profile")).managedBy;
}

/** @param {import("../removal.js").Wanted} wanted */
export async function leaveForGood(wanted) {
  await call("POST", "/leave", wanted);
}

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

/**
 * @typedef {object} Passkey
 * @property {string} id
 * @property {string} name
 * @property {boolean} isBackedUp whether it is on other devices of mine, too
 * @property {string} createdAt
 * @property {string | null} lastUsedAt
 */

/** @returns {Promise<{ passkeys: Passkey[], hasPassword: boolean }>} the oldest first */
export const fetchPasskeys = () => call("GET", "/passkeys");

/**
 * @param {string} name
 * @param {string | null} password
 */
export async function addPasskey(name, password) {
  await call("POST", "/passkeys", await makePasskey("/passkeys/options", { password }, name));
}

/** @param {string} id @param {string} name */
export async function renamePasskey(id, name) {
  await call("PATCH", `/passkeys/${encodeURIComponent(id)}`, { name });
}

/** @param {string} id */
export async function removePasskey(id) {
  await call("DELETE", `/passkeys/${encodeURIComponent(id)}`);
}

/** @typedef {{ since: string | null, recoveryCodesLeft: number }} SecondFactor */
/** @typedef {{ secret: string, uri: string, qrCode: string[] }} NewFactor */

/** @returns {Promise<SecondFactor>} */
export const fetchSecondFactor = () => call("GET", "/second-factor");

/** @param {string} password @returns {Promise<NewFactor>} */
export const beginSecondFactor = (password) => call("POST", "/second-factor", { password });

/** @param {string} code @returns {Promise<string[]>} the recovery codes */
export async function confirmSecondFactor(code) {
  return (await call("POST", "/second-factor/confirm", { code })).recoveryCodes;
}

/** @param {string} password @returns {Promise<string[]>} */
export async function replaceRecoveryCodes(password) {
  return (await call("POST", "/second-factor/recovery-codes", { password })).recoveryCodes;
}

/** @param {string} password */
export async function turnOffSecondFactor(password) {
  await call("DELETE", "/second-factor", { password });
}

/** @typedef {{ email: string | null, waiting: string | null, canMail: boolean }} OwnEmail `waiting` is an address that is not confirmed yet */

/** @returns {Promise<OwnEmail>} */
export const fetchEmail = () => call("GET", "/email");

/** @param {string} email @param {string | null} password */
export async function setEmail(email, password) {
  await call("PUT", "/email", { email, password });
}

/** @param {string | null} password */
export async function removeEmail(password) {
  await call("DELETE", "/email", { password });
}

/** @param {string} username @param {string | null} password */
export async function changeUsername(username, password) {
  await call("PATCH", "/username", { username, password });
}
