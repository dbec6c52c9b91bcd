/** What the page does about each thing that the connection says. */

import * as incoming from "./changes.js";
import { noticeMessage } from "./notifications.js";
import { flush, onStored, settle } from "./sending.js";
import * as store from "./store.js";
import { catchUp, catchUpWithEverything, refreshLists, rememberMessages } from "./sync.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Online} Online
 */

const PRESENCE_MILLISECONDS = 40;

/**
 * @param {object} endings
 * @param {() => void} endings.onRefused
 * @param {() => void} endings.onTokenExpired
 * @returns {import("./connection.js").Handlers}
 */
export function liveHandlers({ onRefused, onTokenExpired }) {
  onStored(receive);
  return {
    onConnected,
    onDisconnected,
    onRefused,
    onTokenExpired,
    onMessage: receive,
    onDelivered: (message) => incoming.takeMessage(message),
    onOnline,
    onNewGroup: refreshLists,
    onReceipt: incoming.takeReceipt,
  };
}

async function onConnected() {
  store.connection.value = "connected";
  flush();
  await catchUpWithEverything();
}

/** @param {boolean} hasNetwork */
function onDisconnected(hasNetwork) {
  store.connection.value = hasNetwork ? "lost" : "offline";
}

/** @param {Message} message */
async function receive(message) {
  const arrival = incoming.takeMessage(message) ?? (await receiveUnknown(message));
  if (message.clientId && message.sender === store.me.peek()) settle(message);
  if (!arrival) return;
  if (arrival.hasGap) catchUp(arrival.key);
  else if (arrival.isNew && store.openKey.peek() === arrival.key) rememberMessages(arrival.key);
  if (arrival.isNew && message.sender !== store.me.peek()) noticeMessage(arrival.key, message, arrival.isUnseen);
}

/**
 * A message of a group, or of somebody, that the lists do not know yet.
 * @param {Message} message
 */
async function receiveUnknown(message) {
  await refreshLists();
  return incoming.takeMessage(message);
}

/** @type {Map<string, boolean>} */
const presence = new Map();

/** Hundreds may come and go at once, as when a server restarts: drawn together. */
function onOnline(/** @type {Online} */ { username, online }) {
  if (presence.size === 0) setTimeout(applyPresence, PRESENCE_MILLISECONDS);
  presence.set(username, online);
}

function applyPresence() {
  const hasStranger = [...presence.keys()].some((username) => !store.people.peek().has(username));
  store.setOnline(presence);
  presence.clear();
  if (hasStranger && store.listStatus.peek() === "ready") refreshLists();
}

