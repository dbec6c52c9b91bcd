/** Web push: this browser's subscription, by which notifications come while no page is open. */

import { effect } from "@preact/signals";
import { ApiError, call } from "./api.js";
import { preferences } from "./preferences.js";
import * as store from "./store.js";
import { hasWorker, workerRegistration } from "./workerregistration.js";

/**
 * @typedef {{ device: string, createdAt: string, succeededAt: string | null, failedAt: string | null, current: boolean }} Subscription
 * @typedef {"not_subscribed" | "failing" | "do_not_disturb"} Reason
 * @typedef {{ publicKey: string, current: { endpoint: string, language: string } | null, subscriptions: Subscription[], reasons: Reason[] }} Push
 * @typedef {"taken" | "gone" | "refused" | "later"} Outcome
 */

/** Whether this browser can be sent notifications at all. */
export function canPush() {
  return isSecureContext && "serviceWorker" in navigator && "PushManager" in window;
}

/** @returns {Promise<Push>} */
export function fetchPush() {
  return call("GET", "/push");
}

/** @returns {Promise<Outcome>} */
export async function sendTest() {
  return (await call("POST", "/push/test", {})).outcome;
}

/** Subscribes this browser whenever somebody is signed in who wants notifications on it. */
export function followPush() {
  return effect(() => void subscribeIfWanted());
}

/** Whether somebody is signed in who wants notifications on this browser, and it can be sent them. */
export function isWanted() {
  const isSwitchedOn = store.session.value.status === "signedIn" && preferences.value.hasNotifications;
  return isSwitchedOn && hasWorker() && canPush() && Notification.permission === "granted";
}

/** If the browser or the server refuses, later pages of this browser try again. */
export async function subscribeIfWanted() {
  try {
    if (isWanted()) await subscribe();
  } catch (error) {
    // A browser without a push service, or a server out of reach.
    if (!(error instanceof ApiError || error instanceof DOMException)) throw error;
  }
}

/** Subscribes this browser if it is not, and tells the server. Rejects if the browser or the server refuses. */
async function subscribe() {
  const manager = (await workerRegistration())?.pushManager;
  if (!manager) return;
  const { publicKey, current } = await fetchPush();
  const known = await manager.getSubscription();
  const subscription = (await ofThisServer(known, publicKey)) ?? (await manager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }));
  const language = document.documentElement.lang;
  if (current?.endpoint === subscription.endpoint && current.language === language) return;
  const { endpoint, keys } = subscription.toJSON();
  await call("PUT", "/push/subscription", { endpoint, keys, language });
}

/**
 * The server may have lost its key, and another one may have had this address before.
 * @param {PushSubscription | null} known
 * @param {string} publicKey
 */
async function ofThisServer(known, publicKey) {
  if (!known || keyOfSubscription(known) === publicKey) return known;
  await known.unsubscribe();
  return null;
}

/** @param {PushSubscription} subscription @returns {string} base64url */
function keyOfSubscription(subscription) {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Ends the subscription, here and on the server. */
export async function unsubscribe() {
  await leavePush();
  await call("DELETE", "/push/subscription");
}

/** Ends the subscription in this browser alone, as when its session ends, and takes away what it shows. */
export async function leavePush() {
  const registration = await workerRegistration();
  if (!registration) return;
  const subscription = await registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  for (const shown of await registration.getNotifications()) shown.close();
}
