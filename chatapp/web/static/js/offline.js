/** Stores the known state on disk and restores it. It is shown at once, and a sync from its revisions updates it. */

import { effect } from "@preact/signals";
import { takePeople } from "./changes.js";
import { forgetSeen, keepKnown, keepSeen, knownTo, seenBy } from "./database.js";
import { emptyConversation, isComplete } from "./models/conversation.js";
import { EMPTY_TIMELINE, newestRun } from "./models/timeline.js";
import * as store from "./store.js";

/**
 * @typedef {import("./models/conversation.js").Conversation} Conversation
 * @typedef {import("./protocol.js").Message} Message
 */

const KEPT_TIMELINES = 20;
const KEPT_MESSAGES = 60;
const PAUSE_MILLISECONDS = 300;

/** The conversations on disk, by key. @type {Map<string, Conversation>} */
let keptConversations = new Map();
/** @type {Map<string, { revision: number, messages: Message[] }>} */
let keptTimelines = new Map();
/** When each conversation was last opened. @type {Map<string, number>} */
const openedAt = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Restores the last known state, which is shown until the server answers.
 * @param {string} me
 */
export async function recallState(me) {
  const [users, names, settings, own, known] = await Promise.all([seenBy(me, "people"), seenBy(me, "names"), seenBy(me, "settings"), seenBy(me, "own"), knownTo(me)]);
  if (!known) return;
  keptConversations = new Map(known.conversations.map((conversation) => [conversation.key, withDefaults(conversation)]));
  keptTimelines = new Map(known.timelines.map(({ key, revision, messages }) => [key, { revision, messages }]));
  if (!users || store.me.peek() !== me || store.listStatus.peek() === "ready") return;
  // What an earlier version of the page has stored is replaced by a sync from nothing.
  if (!own || !known.conversations.every(isComplete)) return;
  store.userRevision.value = known.userRevision;
  // A state that says nothing of names may be older than any change of one.
  store.names.value = names ?? 0;
  if (settings) store.ownSettings.value = settings;
  // Earlier versions of the page kept no blocks.
  [store.saved.value, store.scheduled.value, store.blocks.value = new Map()] = own;
  store.conversations.value = new Map(keptConversations);
  recallTimelines(known.timelines);
  takePeople(users);
  store.listStatus.value = "ready";
}

/** An earlier version of the page stored fewer fields. @param {Conversation} conversation @returns {Conversation} */
function withDefaults(conversation) {
  return { ...emptyConversation(conversation.receiver, conversation.group), ...conversation };
}

/** @param {import("./database.js").KnownTimeline[]} timelines */
function recallTimelines(timelines) {
  const newest = timelines.sort((a, b) => b.openedAt - a.openedAt).slice(0, KEPT_TIMELINES);
  for (const { key, revision, messages, openedAt: at } of newest) {
    if (revision !== keptConversations.get(key)?.revision) continue;
    openedAt.set(key, at);
    const { passage } = store.timelineOf(key).peek();
    store.updateTimeline(key, { ...EMPTY_TIMELINE, messages, isLoaded: true, isRecalled: true, passage });
  }
}

/** @param {import("./protocol.js").User[]} users */
export function rememberPeople(users) {
  keepSeen(store.me.peek(), "people", users);
}

/** @param {string} key */
export function rememberOpened(key) {
  openedAt.set(key, Date.now());
  keptTimelines.delete(key);
  rememberSoon();
}

/** Deletes the stored state from this device. @param {string} me */
export async function forgetState(me) {
  clearTimeout(timer);
  timer = undefined;
  await forgetSeen(me);
}

/** Stores every change. @returns {() => void} stops it */
export function followState() {
  addEventListener("pagehide", remember);
  return effect(() => {
    if (store.userRevision.value >= 0 && store.conversations.value.size > 0 && store.session.value.status === "signedIn") rememberSoon();
  });
}

/** Delays writing, because many changes may arrive at once. */
export function rememberSoon() {
  timer ??= setTimeout(remember, PAUSE_MILLISECONDS);
}

/** Writes nothing before the lists are loaded. */
async function remember() {
  clearTimeout(timer);
  timer = undefined;
  if (store.session.peek().status !== "signedIn" || store.listStatus.peek() !== "ready") return;
  const conversations = new Map([...store.conversations.peek()].filter(([, { revision, preferences }]) => revision > 0 || preferences.userRevision > 0));
  const timelines = timelinesOf(conversations);
  const changes = changesTo(conversations, timelines);
  keptConversations = conversations;
  keptTimelines = timelines;
  // Before the user's revision, which covers them.
  if (store.ownSettings.peek().userRevision > 0) keepSeen(store.me.peek(), "settings", store.ownSettings.peek());
  keepSeen(store.me.peek(), "names", store.names.peek());
  keepSeen(store.me.peek(), "own", [store.saved.peek(), store.scheduled.peek(), store.blocks.peek()]);
  if (await keepKnown(store.me.peek(), changes, store.userRevision.peek())) return;
  // The state on disk is unknown now, so the next call writes everything.
  keptConversations = new Map();
  keptTimelines = new Map();
}

/** @typedef {{ revision: number, messages: Message[] }} Kept */

/**
 * @param {Map<string, Conversation>} conversations
 * @returns {Map<string, Kept>} as far as the conversations are known
 */
function timelinesOf(conversations) {
  const found = new Map();
  for (const [key, { messages }] of store.loadedTimelines()) {
    const revision = conversations.get(key)?.revision;
    if (revision !== undefined) found.set(key, { revision, messages });
  }
  return found;
}

/**
 * @param {Map<string, Conversation>} conversations
 * @param {Map<string, Kept>} timelines
 * @returns {import("./database.js").KnownChange[]} the changes that are not on disk
 */
function changesTo(conversations, timelines) {
  const keys = new Set([...keptConversations.keys(), ...keptTimelines.keys(), ...conversations.keys()]);
  const isOther = (/** @type {string} */ key) => keptConversations.get(key) !== conversations.get(key) || hasChanged(keptTimelines.get(key), timelines.get(key));
  return [...keys].filter(isOther).map((key) => ({ key, conversation: conversations.get(key) ?? null, timeline: recordOf(key, timelines.get(key)) }));
}

/**
 * @param {Kept | undefined} kept
 * @param {Kept | undefined} now
 */
function hasChanged(kept, now) {
  return kept?.revision !== now?.revision || kept?.messages !== now?.messages;
}

/**
 * @param {string} key
 * @param {Kept | undefined} timeline
 * @returns {import("./database.js").KnownTimeline | null}
 */
function recordOf(key, timeline) {
  if (!timeline) return null;
  const { revision, messages } = timeline;
  return { key, revision, openedAt: openedAt.get(key) ?? 0, messages: newestRun(messages).slice(-KEPT_MESSAGES) };
}
