/** Announces new messages: the title, a notification, a sound, and text for screen readers. */

import { effect } from "@preact/signals";
import { settings } from "./config.js";
import { keyOf } from "./models/keys.js";
import { mentionsMe } from "./models/mentions.js";
import { isQuiet } from "./models/quiethours.js";
import { preferences } from "./preferences.js";
import { goTo } from "./router.js";
import { badgeText, say } from "./strings.js";
import { summaryOf } from "./summaries.js";
import * as store from "./store.js";

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
  const { level } = store.conversationOf(key).preferences;
  const isSilent = level === "none" || (level === "mentions" && !mentionsMe(message, store.me.peek()));
  if (!isSilent || store.isShown(key)) announce(key, message);
  if (!isUnseen || isSilent || isQuiet(store.ownSettings.peek().doNotDisturb)) return;
  if (preferences.peek().hasSound) playSound();
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
function notify(key, message) {
  if (!canNotify() || Notification.permission !== "granted") return;
  const { threadOf } = store.conversationOf(key);
  const { group, name } = store.conversationOf(threadOf ? keyOf(threadOf.receiver, threadOf.group) : key);
  const sender = store.nameOf(message.sender);
  const title = group ? say.notifyGroup({ name: sender, group: name }) : sender;
  const preview = summaryOf(message);
  try {
    // The tag makes several tabs show it once.
    const shown = new Notification(title, { body: mentionsMe(message, store.me.peek()) ? say.mentionedYou({ text: preview }) : preview, tag: message.messageId });
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

const SOUND_GAIN = 0.05;
const SOUND_PAUSE_MILLISECONDS = 900;

/** @type {AudioContext | null} */
let audio = null;
let lastSoundAt = 0;

/** Plays two soft notes. They are synthesized, which is smaller than a file. */
function playSound() {
  if (Date.now() - lastSoundAt < SOUND_PAUSE_MILLISECONDS) return;
  if (!navigator.userActivation?.hasBeenActive) return;
  lastSoundAt = Date.now();
  audio ??= new AudioContext();
  playNote(audio, 587.33, 0);
  playNote(audio, 880, 0.09);
}

/**
 * @param {AudioContext} context
 * @param {number} frequencyHertz
 * @param {number} delaySeconds
 */
function playNote(context, frequencyHertz, delaySeconds) {
  const start = context.currentTime + delaySeconds;
  const volume = new GainNode(context, { gain: 0 });
  const tone = new OscillatorNode(context, { type: "sine", frequency: frequencyHertz });
  volume.gain.linearRampToValueAtTime(SOUND_GAIN, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.4);
}
