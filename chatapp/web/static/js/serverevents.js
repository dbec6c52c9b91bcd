/** The handlers of the connection's events. */

import { takeDelivered, takeEvent, takeMessage, takeProfile, takeReceipt } from "./changes.js";
import { saveDrafts, takeDraft } from "./drafts.js";
import { amGuest } from "./guests.js";
import { keyOfMessage } from "./models/keys.js";
import { noticeMessage } from "./notifications.js";
import { onDraft } from "./ownchanges.js";
import { witness } from "./renames.js";
import { takeRetention } from "./retention.js";
import { flush, onStored, settle } from "./sending.js";
import * as store from "./store.js";
import { forgetTyping, takeTyping } from "./typing.js";
import { catchUp, loadMembers, refreshOpen, refreshPeople, synchronize } from "./sync.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").ChangeEvent} ChangeEvent
 * @typedef {import("./protocol.js").Online} Online
 */

const PRESENCE_MILLISECONDS = 40;

/**
 * @param {object} endings
 * @param {() => void} endings.onRefused
 * @param {() => void} endings.onTokenExpired
 * @returns {import("./connection.js").Handlers}
 */
export function serverEventHandlers({ onRefused, onTokenExpired }) {
  onStored(receive);
  onDraft(takeDraft);
  return {
    onConnected,
    onDisconnected,
    onRefused,
    onTokenExpired,
    onMessage: receive,
    onChange,
    onDelivered: takeDelivered,
    onOnline,
    onProfile,
    onRenamed,
    onRetention: takeRetention,
    onReceipt: takeReceipt,
    onTyping: takeTyping,
  };
}

async function onConnected() {
  store.connection.value = "connected";
  flush();
  await catchUp();
  saveDrafts();
}

/** @param {boolean} hasNetwork */
function onDisconnected(hasNetwork) {
  store.connection.value = hasNetwork ? "lost" : "offline";
}

/** @param {Message} message */
async function receive(message) {
  if (!takeMessage(message)) await synchronize();
  const me = store.me.peek();
  if (message.sender === me) return message.clientId ? settle(message) : undefined;
  const key = keyOfMessage(message, me, (found) => store.conversations.peek().has(found));
  if (key) forgetTyping(key, message.sender);
  if (key) noticeMessage(key, message, message.sequence > store.conversationOf(key).readSequence);
  return undefined;
}

/** @param {ChangeEvent} change */
async function onChange(change) {
  if (!takeEvent(change)) await synchronize();
  const hasStranger = usernamesIn(change).some((username) => !store.people.peek().has(username));
  if ((hasStranger || changesWhomISee(change)) && store.listStatus.peek() === "ready") refreshPeople();
  store.shownKeys.peek().forEach(loadMembers);
  refreshOpen();
}

/** A guest sees the people of their conversations. @param {ChangeEvent} change */
const changesWhomISee = ({ kind }) => amGuest() && (kind === "members" || kind === "conversation");

/** @param {ChangeEvent} change */
function usernamesIn(change) {
  if (change.kind === "members") return change.members.filter(({ role }) => role !== null).map(({ username }) => username);
  return change.kind === "conversation" ? (change.conversation?.members ?? []).map(({ username }) => username) : [];
}

/** @param {import("./protocol.js").Profile} profile */
function onProfile(profile) {
  if (!takeProfile(profile) && store.listStatus.peek() === "ready") refreshPeople();
}

/** The answer to a sync has everything that this page has not heard of. @param {import("./protocol.js").Renamed} renamed */
function onRenamed(renamed) {
  witness(renamed);
  if (renamed.number > (store.names.peek() ?? 0)) synchronize();
}

/** @type {Map<string, boolean>} */
const presence = new Map();

/** Hundreds of presence events may arrive at once, as after a server restart. They are drawn together. */
function onOnline(/** @type {Online} */ { username, online }) {
  if (presence.size === 0) setTimeout(applyPresence, PRESENCE_MILLISECONDS);
  presence.set(username, online);
}

function applyPresence() {
  const hasStranger = [...presence.keys()].some((username) => !store.people.peek().has(username));
  store.setOnline(presence);
  presence.clear();
  if (hasStranger && store.listStatus.peek() === "ready") refreshPeople();
}
