/** Keeps the store in step with the server: the lists, the open conversation, and what was missed while away. */

import { effect, untracked } from "@preact/signals";
import { ApiError, fetchConversations, fetchEverybody, fetchMessages } from "./api.js";
import { keepSeen, seenBy } from "./database.js";
import * as incoming from "./changes.js";
import { keyOf, parseKey } from "./models/keys.js";
import { firstSequence, gapAfter, lastSequence, newestRun } from "./models/timeline.js";
import { CATCH_UP_SIZE } from "./protocol.js";
import { heardFromServer } from "./readmarks.js";
import * as store from "./store.js";

/** @typedef {import("./protocol.js").Message} Message */

const CATCH_UP_PAGES_MAX = 4;
const KEPT_MESSAGES = 60;
const LIST_RETRY_MILLISECONDS = 3_000;

/** Nobody of that name; a group that I am not in, or that there is not. Asking again would not help. */
const MISSING = new Set([403, 404]);

/** Runs one at a time; asked again meanwhile, it runs once more. */
function singly(/** @type {() => Promise<void>} */ work) {
  /** @type {Promise<void> | null} */
  let running = null;
  let isAskedAgain = false;
  return async function run() {
    isAskedAgain = true;
    running ??= (async () => {
      while (isAskedAgain) {
        isAskedAgain = false;
        await work();
      }
    })().finally(() => (running = null));
    await running;
  };
}

/** Fetches everybody, every group and how far each conversation is. */
export const refreshLists = singly(async () => {
  const me = store.me.peek();
  try {
    const [everybody, conversations] = await Promise.all([fetchEverybody(me), fetchConversations()]);
    if (store.me.peek() !== me) return;
    incoming.takeLists(everybody, conversations);
    heardFromServer(conversations.map((wire) => ({ ...wire, key: keyOf(wire.receiver, wire.group) })));
    if (!store.hasHeard.peek()) placeNewLine();
    store.hasHeard.value = true;
    rememberLists(me);
    openIfFound();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (store.listStatus.peek() === "loading") store.listStatus.value = "failed";
    if (store.connection.peek() === "connected") setTimeout(refreshLists, LIST_RETRY_MILLISECONDS);
  }
});

/** Somebody whose link was open before they had an account, or a group that I have just been added to. */
function openIfFound() {
  const key = store.openKey.peek();
  if (key && store.timelineOf(key).peek().isMissing && store.conversations.peek().has(key)) openTimeline(key);
}

/** When somebody asks for it. */
export function retryLists() {
  store.listStatus.value = "loading";
  refreshLists();
}

/** @param {string} me */
function rememberLists(me) {
  keepSeen(me, "people", [...store.people.peek().values()]);
  keepSeen(me, "conversations", [...store.conversations.peek().values()]);
}

/**
 * What this browser last saw of it, shown until the server answers, or instead where it cannot.
 * @param {string} me
 */
export async function recallLists(me) {
  const [users, conversations] = await Promise.all([seenBy(me, "people"), seenBy(me, "conversations")]);
  if (!users || !conversations || store.me.peek() !== me || store.listStatus.peek() === "ready") return;
  store.setPeople(users);
  store.conversations.value = new Map(conversations.map((/** @type {any} */ found) => [found.key, found]));
  store.listStatus.value = "ready";
}

/** After every (re)connection: the socket is subscribed by now, so nothing can fall between. */
export async function catchUpWithEverything() {
  await refreshLists();
  await Promise.all(store.loadedKeys().map((key) => (incoming.isBehind(key) ? catchUp(key) : undefined)));
  const open = store.openKey.peek();
  if (open && !store.timelineOf(open).peek().isLoaded) await openTimeline(open);
}

/** Loads the conversation that is open, whenever another one is. @returns {() => void} stops it */
export function followOpenConversation() {
  return effect(() => {
    const key = store.openKey.value;
    if (store.session.value.status !== "signedIn") return;
    untracked(() => store.hasHeard.peek() && placeNewLine());
    if (key) queueMicrotask(() => openTimeline(key));
  });
}

/** The line goes above what was unread when the conversation was opened, and stays there while it is read. */
function placeNewLine() {
  const key = store.openKey.peek();
  if (!key) return;
  const { unread, readSequence } = store.conversationOf(key);
  store.newAfter.value = unread > 0 ? readSequence : null;
}

/** @param {string} key */
export async function openTimeline(key) {
  const timeline = store.timelineOf(key).peek();
  if (timeline.isLoading) return;
  if (timeline.isLoaded && !timeline.hasFailed) return incoming.isBehind(key) ? catchUp(key) : undefined;
  store.updateTimeline(key, { isLoading: true, hasFailed: false });
  await Promise.all([recallMessages(key), fetchNewest(key)]);
}

/** @param {string} key */
async function fetchNewest(key) {
  const me = store.me.peek();
  const { receiver, group } = parseKey(key);
  try {
    const page = await fetchMessages(me, receiver, group);
    if (store.me.peek() !== me) return;
    incoming.takeNewestPage(key, page);
    rememberMessages(key);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    store.updateTimeline(key, { isLoading: false, hasFailed: true, isMissing: MISSING.has(error.status) });
  }
}

/** @param {string} key */
async function recallMessages(key) {
  const kept = await seenBy(store.me.peek(), `messages ${key}`);
  const { isLoaded } = store.timelineOf(key).peek();
  if (kept?.length && !isLoaded) store.updateTimeline(key, { messages: kept, isLoaded: true });
}

/** @param {string} key */
export function rememberMessages(key) {
  const { messages } = store.timelineOf(key).peek();
  keepSeen(store.me.peek(), `messages ${key}`, newestRun(messages).slice(-KEPT_MESSAGES));
}

/** @param {string} key */
export async function loadOlder(key) {
  const { messages, isLoadingOlder, hasStart } = store.timelineOf(key).peek();
  if (isLoadingOlder || hasStart || firstSequence(messages) <= 1) return;
  const { receiver, group } = parseKey(key);
  store.updateTimeline(key, { isLoadingOlder: true, hasFailed: false });
  try {
    const page = await fetchMessages(store.me.peek(), receiver, group, { before: firstSequence(messages) });
    incoming.takeOlderPage(key, page);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    store.updateTimeline(key, { isLoadingOlder: false, hasFailed: true });
  }
}

/** @type {Map<string, () => Promise<void>>} */
const catchUps = new Map();

/**
 * Fetches what came after the last known message, or into a hole.
 * @param {string} key
 */
export function catchUp(key) {
  let work = catchUps.get(key);
  if (!work) {
    work = singly(() => fetchMissed(key));
    catchUps.set(key, work);
  }
  return work();
}

/** @param {string} key */
async function fetchMissed(key) {
  const me = store.me.peek();
  const { receiver, group } = parseKey(key);
  try {
    for (let pages = 0; pages < CATCH_UP_PAGES_MAX; pages += 1) {
      const { messages } = store.timelineOf(key).peek();
      const after = gapAfter(messages) ?? lastSequence(messages);
      const page = await fetchMessages(me, receiver, group, { after });
      if (store.me.peek() !== me) return;
      incoming.takeMissed(key, page);
      if (page.length < CATCH_UP_SIZE) return rememberMessages(key);
    }
    await fetchNewest(key);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
