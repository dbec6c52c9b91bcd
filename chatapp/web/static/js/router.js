/**
 * The open conversation is in the address: `#/u/alice`, `#/g/12`, or the open thread, as a group. So is a message, under the number of its conversation,
 * which is the same for everybody: `#/c/12/345`. Back closes it; a reload keeps it.
 */

import { batch, effect, signal, untracked } from "@preact/signals";
import { addressed, conversations, hasHeard, openKey, target } from "./store.js";
import { keyOf, keyOfNumber } from "./models/keys.js";

const CONVERSATION = /^#\/([ug])\/(.+)$/u;
const MESSAGE = /^#\/c\/(\d+)\/(\d+)$/u;

/** The address that the page shows. */
let followed = "";

/** A message whose conversation is not known yet. @type {import("@preact/signals").Signal<{ number: string, sequence: number } | null>} */
const sought = signal(null);

/** @param {string} key */
export function addressOf(key) {
  return `#/${key[0]}/${encodeURIComponent(key.slice(2))}`;
}

/**
 * @param {string} messageId its conversation's number and its sequence, as in `12-345`
 * @returns {string} an address that opens the conversation at the message, for all who may see it
 */
export function addressOfMessage(messageId) {
  return `#/c/${messageId.replace("-", "/")}`;
}

/** @returns {string | null} */
function keyInAddress() {
  const match = CONVERSATION.exec(location.hash);
  if (!match) return null;
  try {
    return keyOf(decodeURIComponent(match[2]), match[1] === "g");
  } catch {
    return null;
  }
}

export function followAddress() {
  follow();
  effect(findSought);
  addEventListener("hashchange", () => location.hash !== followed && follow());
}

function follow() {
  followed = location.hash;
  const message = MESSAGE.exec(followed);
  sought.value = message ? { number: message[1], sequence: Number(message[2]) } : null;
  if (message) findSought();
  else open(keyInAddress(), null);
}

/** A direct conversation is known by its number only with its messages. One that no sync brings does not exist for me. */
function findSought() {
  if (!sought.value) return;
  const { number, sequence } = sought.value;
  const key = keyOfNumber(number, conversations.value);
  if (key === null && !hasHeard.value) return;
  untracked(() => {
    sought.value = null;
    open(key ?? keyOf(number, true), sequence);
  });
}

/**
 * @param {string | null} key
 * @param {number | null} sequence
 */
function open(key, sequence) {
  batch(() => {
    addressed.value = key;
    target.value = key && sequence ? { key, sequence } : null;
  });
}

/** @param {string} key */
export function goTo(key) {
  show(addressOf(key));
}

/** @param {string} messageId */
export function goToMessage(messageId) {
  show(addressOfMessage(messageId));
}

export function goToList() {
  show("#/");
}

/** Stays in the conversation, but not at a message. @param {string} key */
export function leaveMessage(key) {
  if (target.peek()?.key === key) stayAt(key);
}

/** Leaves a thread that is there no more. */
export function leaveThread() {
  const key = openKey.peek();
  if (key) stayAt(key);
}

/** @param {string} key */
function stayAt(key) {
  followed = addressOf(key);
  history.replaceState(history.state, "", followed);
  open(key, null);
}

/** Follows at once, before the browser's event, so that the next key goes to the opened conversation. @param {string} address */
function show(address) {
  location.hash = address;
  follow();
}
