/** Passkeys: what the browser is asked, and what it answers. Keys never leave the authenticator. */

import { call } from "./api.js";
import { deviceOf } from "./models/useragent.js";

/**
 * @typedef {{ name: string, credential: object }} NewPasskey
 * @typedef {"cancelled" | "known"} Reason
 */

/** The browser, or its user, made no passkey or chose none. */
export class NoPasskey extends Error {
  /** @param {Reason} reason `known`: the authenticator has a passkey of this account already */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** A browser has passkeys for names of hosts only, and on secure pages: by TLS, or on this very machine. */
export function canUsePasskeys() {
  return isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|^\[/u.test(location.hostname);
}

/** What a new passkey is called unless its user says otherwise: where it was made. */
export function suggestedName() {
  const { browser, system } = deviceOf(navigator.userAgent);
  return [browser, system].filter(Boolean).join(", ") || location.hostname;
}

/**
 * Asks the browser to make a passkey.
 * @param {string} path of the route that says what to ask
 * @param {object} body
 * @param {string} name
 * @returns {Promise<NewPasskey>}
 */
export async function makePasskey(path, body, name) {
  const { publicKey } = await call("POST", path, body);
  const options = { ...publicKey, challenge: bytesOf(publicKey.challenge), user: { ...publicKey.user, id: bytesOf(publicKey.user.id) }, excludeCredentials: publicKey.excludeCredentials.map(withBytes) };
  withdrawPasskeys();
  const made = await asked(() => navigator.credentials.create({ publicKey: options }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  const answer = { attestationObject: textOf(response.attestationObject), transports: response.getTransports?.() ?? [] };
  return { name, credential: credentialOf(made, answer) };
}

/**
 * Signs in with a passkey, which the browser lets its user choose.
 * @param {string} username empty for whichever account the passkey is of
 */
export async function signInByPasskey(username) {
  withdrawPasskeys();
  await sendPasskey(username, await requestOptions());
}

/** What the browser offers beside the username, while it does. */
let offer = new AbortController();

/** Ends the offer. A browser takes one request at a time. */
export const withdrawPasskeys = () => offer.abort();

/**
 * Lets the browser offer passkeys beside what it fills into the field of the username, until one is chosen or the offer ends.
 * @returns {Promise<boolean>} whether somebody has signed in
 */
export async function offerPasskeys() {
  withdrawPasskeys();
  const { signal } = (offer = new AbortController());
  if (!canUsePasskeys() || !(await window.PublicKeyCredential.isConditionalMediationAvailable?.())) return false;
  // Without a network nothing is offered, and nothing was asked for.
  const options = await requestOptions().catch(() => null);
  if (options) await sendPasskey("", options, { mediation: "conditional", signal });
  return options !== null;
}

async function requestOptions() {
  const { publicKey } = await call("POST", "/passkeys/sign-in/options", {});
  return { ...publicKey, challenge: bytesOf(publicKey.challenge), allowCredentials: [] };
}

/**
 * @param {string} username
 * @param {PublicKeyCredentialRequestOptions} options
 * @param {CredentialRequestOptions} [how]
 */
async function sendPasskey(username, options, how = {}) {
  const chosen = await asked(() => navigator.credentials.get({ publicKey: options, ...how }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (chosen.response);
  const answer = {
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle ? textOf(response.userHandle) : null,
  };
  await call("POST", "/passkeys/sign-in", { username: username || null, credential: credentialOf(chosen, answer) });
}

/**
 * @param {() => Promise<Credential | null>} ask
 * @returns {Promise<PublicKeyCredential>}
 */
async function asked(ask) {
  try {
    const found = await ask();
    if (found) return /** @type {PublicKeyCredential} */ (found);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "InvalidStateError") throw new NoPasskey("known");
  }
  throw new NoPasskey("cancelled");
}

/**
 * @param {PublicKeyCredential} credential
 * @param {object} answer
 */
function credentialOf({ id, type, response }, answer) {
  return { id, rawId: id, type, response: { clientDataJSON: textOf(response.clientDataJSON), ...answer } };
}

const withBytes = (/** @type {{ id: string }} */ descriptor) => ({ ...descriptor, id: bytesOf(descriptor.id) });

/** @param {string} text in base64url */
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

/** @param {ArrayBuffer} buffer */
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
