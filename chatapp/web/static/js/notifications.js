/** Announces new messages: the title, the badge, a notification, a sound, and text for screen readers. */

import { effect } from "@preact/signals";
import { ownName, settings } from "./config.js";
import { keyOf, keyOfNumber, numberOf, sequenceOf } from "./models/keys.js";
import { mentionsMe } from "./models/mentions.js";
import { notifies } from "./models/notifying.js";
import { isQuiet } from "./models/quiethours.js";
import { preferences } from "./preferences.js";
import { goTo } from "./router.js";
import { playSound } from "./sounds.js";
import { badgeText, say } from "./strings.js";
import { summaryOf } from "./summaries.js";
import * as store from "./store.js";
import { workerRegistration } from "./workerregistration.js";

/** @typedef {import("./protocol.js").Message} Message */

/** The title and the installed app's badge show the number of unread messages. */
export function followUnread() {
  return effect(() => {
    const isSignedIn = store.session.value.status === "signedIn";
    const count = isSignedIn ? store.unreadTotal.value : 0;
    const name = settings.systemName || say.appName;
    document.title = count > 0 ? say.titleUnread({ count: badgeText(count), name }) : name;
    showBadge(count);
  });
}

/** Browsers without badges have no such function; others may refuse where the page is not installed. @param {number} count */
function showBadge(count) {
  navigator.setAppBadge?.(count).catch(() => {});
}

/**
 * @param {string} key
 * @param {Message} message by another user
 * @param {boolean} isUnseen
 */
export function noticeMessage(key, message, isUnseen) {
  const conversation = store.conversationOf(key);
  const { level } = conversation.preferences;
  const isSilent = level === "none" || (level === "mentions" && !mentionsMe(message, store.me.peek()));
  if (!isSilent || store.isShown(key)) announce(key, message);
  if (!isUnseen || !notifies(conversation, message, store.me.peek()) || isQuiet(store.ownSettings.peek().doNotDisturb)) return;
  if (preferences.peek().hasSound) playSound(preferences.peek().sound);
  if (preferences.peek().hasNotifications && !store.isAttended.peek()) notify(key, message);
}

/**
 * @param {string} key
 * @param {Message} message
 */
function announce(key, message) {
  const name = store.nameOf(message.sender);
  const isOpen = store.isShown(key);
  const isMention = mentionsMe(message, store.me.peek());
  const elsewhere = isMention ? say.announceMention({ name }) : say.announceElsewhere({ name });
  store.announcement.value = isOpen ? say.announceMessage({ name, text: summaryOf(message) }) : elsewhere;
}

export function canNotify() {
  return typeof Notification !== "undefined" && isSecureContext;
}

export function isBlocked() {
  return canNotify() && Notification.permission === "denied";
}

/** @returns {Promise<boolean>} whether notifications are allowed */
export async function askToNotify() {
  if (!canNotify()) return false;
  return (await Notification.requestPermission()) === "granted";
}

/**
 * @param {string} key
 * @param {Message} message
 */
async function notify(key, message) {
  if (!canNotify() || Notification.permission !== "granted") return;
  const { threadOf } = store.conversationOf(key);
  const { group, name } = store.conversationOf(threadOf ? keyOf(threadOf.receiver, threadOf.group) : key);
  const sender = store.nameOf(message.sender);
  const title = group ? say.notifyGroup({ name: sender, group: name }) : sender;
  const preview = summaryOf(message);
  const { messageId } = message;
  const body = mentionsMe(message, store.me.peek()) ? say.mentionedYou({ text: preview }) : preview;
  // One of each conversation, which alerts for each message. The worker shows what comes by push under the same tag.
  const options = { body, tag: numberOf(message), data: { messageId }, icon: "/favicon.ico", renotify: true };
  const registration = await workerRegistration();
  if (registration) showOnce(registration, title, options);
  else showFromPage(title, options, key);
}

/**
 * Several tabs hear of a message at the same time, and the worker perhaps before them. The first shows it.
 * @param {ServiceWorkerRegistration} registration
 * @param {string} title
 * @param {NotificationOptions & { tag: string, data: { messageId: string } }} options
 */
function showOnce(registration, title, options) {
  const { tag, data } = options;
  return navigator.locks.request(ownName("notification"), async () => {
    const [shown] = await registration.getNotifications({ tag });
    if (!shown || sequenceOf(shown.data) < sequenceOf(data)) await registration.showNotification(title, options);
  });
}

/**
 * @param {string} title
 * @param {NotificationOptions} options
 * @param {string} key
 */
function showFromPage(title, options, key) {
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => openFrom(shown, key);
  } catch {
    // Some phones only allow notifications from a service worker.
  }
}

/**
 * @param {Notification} shown
 * @param {string} key
 */
function openFrom(shown, key) {
  window.focus();
  goTo(key);
  shown.close();
}

/** Goes where the worker says, when a notification of it was clicked. */
export function followClicks() {
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.type === "open") location.hash = data.hash;
  });
}

/** Takes notifications away whose message is read, here or on another device. */
export function followReading() {
  return effect(() => {
    // Whatever is read changes this number.
    void store.unreadTotal.value;
    if (store.hasHeard.value) closeRead();
  });
}

async function closeRead() {
  const known = store.conversations.peek();
  const registration = await workerRegistration();
  for (const shown of (await registration?.getNotifications()) ?? []) {
    // A test is about no message.
    const message = { messageId: "", ...shown.data };
    const key = keyOfNumber(numberOf(message), known);
    if (key && sequenceOf(message) <= (known.get(key)?.readSequence ?? 0)) shown.close();
  }
}
