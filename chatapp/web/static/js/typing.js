/** Who is typing. Tells the server what this page shows and that I am typing, and forgets after a while what it hears. */

import { effect } from "@preact/signals";
import { tell } from "./connection.js";
import { keyOf, parseKey } from "./models/keys.js";
import { CALL } from "./protocol.js";
import * as store from "./store.js";
import { say } from "./strings.js";

const TELL_MILLISECONDS = 3_000;
const FORGET_MILLISECONDS = 6_000;
/** A screen reader hears of the same person once in this time. */
const ANNOUNCE_MILLISECONDS = 60_000;

let told = { key: "", at: 0 };
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map();
/** @type {Map<string, number>} */
const announcedAt = new Map();

/** Tells the server which conversation this page shows, whenever that or the connection changes. @returns {() => void} stops it */
export function followLook() {
  let shown = /** @type {string | null} */ (null);
  return effect(() => {
    const isConnected = store.connection.value === "connected";
    const key = isConnected && store.isAttended.value && store.ownSettings.value.sharesTyping ? (store.threadKey.value ?? store.openKey.value) : null;
    const before = shown;
    shown = key;
    if (!isConnected || key === before) return;
    tell(CALL.look, key === null ? { receiver: null } : parseKey(key));
  });
}

/** @param {string} key the conversation in which I am typing */
export function tellTyping(key) {
  if (!store.ownSettings.peek().sharesTyping || (told.key === key && Date.now() - told.at < TELL_MILLISECONDS)) return;
  if (!parseKey(key).group && parseKey(key).receiver === store.me.peek()) return;
  told = { key, at: Date.now() };
  tell(CALL.typing, parseKey(key));
}

/** What I typed is sent: the next text is told at once. */
export function endTyping() {
  told = { key: "", at: 0 };
}

/** @param {import("./protocol.js").Typing} event */
export function takeTyping({ receiver, group, username }) {
  const key = keyOf(receiver, group);
  store.setTyping(key, username, true);
  const id = `${key} ${username}`;
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => forgetTyping(key, username), FORGET_MILLISECONDS));
  if (Date.now() - (announcedAt.get(id) ?? 0) < ANNOUNCE_MILLISECONDS) return;
  announcedAt.set(id, Date.now());
  store.announcement.value = say.typingOne({ name: store.nameOf(username) });
}

/**
 * They have sent it, or stopped.
 * @param {string} key
 * @param {string} username
 */
export function forgetTyping(key, username) {
  const id = `${key} ${username}`;
  clearTimeout(timers.get(id));
  timers.delete(id);
  store.setTyping(key, username, false);
}
