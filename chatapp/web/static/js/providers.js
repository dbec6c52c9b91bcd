/** Providers of sign-in: leaving the page for one of them, and coming back. */

import { signal } from "@preact/signals";
import { call } from "./api.js";
import { ownName } from "./config.js";

/** Where the server sends the browser when the provider is done. */
const RETURN = /^#\/(?:signed-in|sign-in-failed\/(?<code>[a-z_]+))$/u;
const INVITATION = /^#\/join\//u;
const KEY = ownName("chatapp.left");

/** The code of the error with which the browser came back, or empty. */
export const refusal = signal("");

let isBack = false;
export const hasArrived = () => isBack;

/**
 * @param {string} provider
 * @param {string | null} invite
 * @returns {Promise<string>} where the browser goes
 */
export async function startSignIn(provider, invite) {
  return (await call("POST", `/oidc/${encodeURIComponent(provider)}/start`, invite ? { invite } : {})).location;
}

/** @param {string} address */
export function leaveFor(address) {
  keep(location.hash);
  location.assign(address);
}

/** Before anything reads the page's address: restores the one that the page was left at. */
export function arrive() {
  const match = RETURN.exec(location.hash);
  if (!match) return;
  const left = kept();
  refusal.value = match.groups?.code ?? "";
  isBack = refusal.value === "";
  // A link that is used up is of no more use.
  history.replaceState(history.state, "", isBack && INVITATION.test(left) ? "#/" : left);
}

/** A browser that forbids storage forgets it. @param {string} address */
function keep(address) {
  try {
    sessionStorage.setItem(KEY, address);
  } catch {
    // The page opens at its beginning.
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEY) || "#/";
  } catch {
    return "#/";
  }
}
