/** Keeps the store in step with the server: users, missed changes, and the messages of the open conversation. */

import { effect, untracked } from "@preact/signals";
import { ApiError, fetchEverybody, fetchGroup, followThread } from "./api.js";
import { takeGroup, takePeople, takeSync } from "./changes.js";
import { call } from "./connection.js";
import { fetchPage } from "./messagepages.js";
import { hasListedMembers, lastReadOf, unreadOf, watermarksOf } from "./models/conversation.js";
import { parseKey } from "./models/keys.js";
import { joined } from "./models/passage.js";
import { firstSequence, lastSequence, withNewestPage, withOlderPage } from "./models/timeline.js";
import { rememberOpened, rememberPeople, rememberSoon } from "./offline.js";
import { loadOlderPassage, retryPassage } from "./passages.js";
import { CALL, SYNC_CONVERSATIONS_MAX } from "./protocol.js";
import { tellSoon } from "./readmarks.js";
import { takeRenames } from "./renames.js";
import { expectRetention } from "./retention.js";
import * as store from "./store.js";

const RETRY_MILLISECONDS = 3_000;

/** The user or the group does not exist, or I am not a member. A retry would not help. */
const MISSING = new Set([403, 404]);

/** Runs one call at a time. A call in between makes it run once more. */
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

/** Syncs after every (re)connection. The socket is subscribed by now, so no event is missed. */
export async function catchUp() {
  await Promise.all([refreshPeople(), synchronize()]);
}

/** Syncs when the user asks for it. */
export function retryLists() {
  store.listStatus.value = "loading";
  catchUp();
}

/** Fetches all users, for their names and presence. */
export const refreshPeople = singly(async () => {
  const me = store.me.peek();
  try {
    const { users } = await fetchEverybody(me);
    if (store.me.peek() !== me) return;
    takePeople(users);
    rememberPeople(users);
    becomeReady();
    refreshOpen();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failLists(refreshPeople);
  }
});

/** Asks for newer changes until there are no more. */
export const synchronize = singly(async () => {
  const me = store.me.peek();
  for (const keys of chunks(knownKeys())) {
    let hasMore = true;
    while (hasMore) {
      const takeRetention = expectRetention();
      const answer = await call(CALL.sync, { userRevision: store.userRevision.peek(), names: store.names.peek(), conversations: keys.map(known).filter(Boolean) });
      if (store.me.peek() !== me) return;
      if (!answer.success) return failLists(synchronize);
      const sync = /** @type {import("./protocol.js").Sync} */ (/** @type {unknown} */ (answer));
      if (sync.renamed.length > 0) return takeRenames(sync.renamed, sync.names);
      store.names.value = sync.names;
      takeSync(sync);
      takeRetention(sync);
      hasMore = sync.more;
    }
  }
  if (!store.hasHeard.peek()) store.shownKeys.peek().forEach(placeNewLine);
  store.hasHeard.value = true;
  becomeReady();
  tellSoon();
  refreshOpen();
});

function knownKeys() {
  return [...store.conversations.peek().values()].filter(({ revision }) => revision > 0).map(({ key }) => key);
}

/**
 * @param {string[]} keys
 * @returns {string[][]} at least one of them: new conversations have to be asked for too
 */
function chunks(keys) {
  const found = [keys.slice(0, SYNC_CONVERSATIONS_MAX)];
  for (let at = SYNC_CONVERSATIONS_MAX; at < keys.length; at += SYNC_CONVERSATIONS_MAX) found.push(keys.slice(at, at + SYNC_CONVERSATIONS_MAX));
  return found;
}

/**
 * @param {string} key
 * @returns {import("./protocol.js").KnownConversation | null} null if it is gone by now
 */
function known(key) {
  const conversation = store.conversations.peek().get(key);
  if (!conversation) return null;
  const { receiver, group, revision } = conversation;
  return { receiver, group, revision, watermarks: watermarksOf(conversation) };
}

function becomeReady() {
  if (store.people.peek().size > 0 && store.hasHeard.peek()) store.listStatus.value = "ready";
}

/** @param {() => Promise<void>} again */
function failLists(again) {
  if (store.listStatus.peek() === "loading") store.listStatus.value = "failed";
  if (store.connection.peek() === "connected") setTimeout(again, RETRY_MILLISECONDS);
}

/** Loads the open conversation and the open thread, whenever they change. @returns {() => void} stops it */
export function followOpenConversation() {
  /** @type {string[]} */
  let before = [];
  return effect(() => {
    const isSignedIn = store.session.value.status === "signedIn";
    const keys = isSignedIn ? store.shownKeys.value : [];
    const opened = keys.filter((key) => !before.includes(key));
    before = keys;
    untracked(() => {
      if (store.hasHeard.peek()) opened.forEach(placeNewLine);
      if (isSignedIn && store.left.peek()?.key !== store.openKey.peek()) store.left.value = null;
    });
    queueMicrotask(() => opened.forEach(openTimeline));
  });
}

/** What others show depends on what I show: it is fetched again when I change that. @returns {() => void} stops it */
export function followSharing() {
  let { sharesReads, sharesLastSeen } = store.ownSettings.peek();
  return effect(() => {
    const now = store.ownSettings.value;
    const isOther = { reads: now.sharesReads !== sharesReads, lastSeen: now.sharesLastSeen !== sharesLastSeen };
    ({ sharesReads, sharesLastSeen } = now);
    if (!store.hasHeard.peek()) return;
    if (isOther.reads) queueMicrotask(synchronize);
    if (isOther.lastSeen) queueMicrotask(refreshPeople);
  });
}

/** The line goes above the messages that were unread when the conversation was opened, and stays there. @param {string} key */
function placeNewLine(key) {
  const conversation = store.conversationOf(key);
  store.newAfterOf(key).value = unreadOf(conversation) > 0 ? lastReadOf(conversation) : null;
}

/** The open conversation may need to be fetched again, or exist only now, as a group that has just added me. */
export function refreshOpen() {
  store.shownKeys.peek().forEach(refreshShown);
}

/** @param {string} key */
function refreshShown(key) {
  if (store.left.peek()?.key === key) return;
  const { isMissing } = store.timelineOf(key).peek();
  if (isMissing && !store.conversations.peek().has(key)) return;
  openTimeline(key);
  retryPassage(key);
}

/** @param {string} key */
export async function openTimeline(key) {
  const timeline = store.timelineOf(key).peek();
  rememberOpened(key);
  loadMembers(key);
  if (timeline.isLoading || !needsPage(key, timeline)) return;
  store.updateTimeline(key, { isLoading: true, hasFailed: false });
  await fetchNewest(key);
}

/**
 * @param {string} key
 * @param {import("./models/timeline.js").Timeline} timeline
 */
function needsPage(key, { isLoaded, isRecalled, isStale, hasFailed }) {
  if (!isLoaded || isStale || hasFailed || isBehind(key)) return true;
  // In a large group, only a page says which messages are delivered to all members.
  return isRecalled && !hasListedMembers(store.conversationOf(key));
}

/** @param {string} key */
function isBehind(key) {
  return lastSequence(store.timelineOf(key).peek().messages) < store.conversationOf(key).lastSequence;
}

/** @param {string} key */
async function fetchNewest(key) {
  const me = store.me.peek();
  const { group } = parseKey(key);
  const { lastSequence: last } = store.conversationOf(key);
  try {
    const page = await fetchPage(key);
    if (store.me.peek() !== me) return;
    store.updateTimeline(key, joined(withNewestPage(store.timelineOf(key).peek(), page)));
    rememberSoon();
    if (group && store.hasHeard.peek() && !store.conversations.peek().has(key)) await followShown(key);
    // A newer change arrived while the page was being fetched.
    if (store.conversationOf(key).lastSequence > last && isBehind(key)) await fetchNewest(key);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    store.updateTimeline(key, { isLoading: false, hasFailed: true, isMissing: MISSING.has(error.status) });
  }
}

/**
 * Of the groups that are not mine only threads can be read. One that is opened by its address is followed, as by its button.
 * @param {string} key
 */
async function followShown(key) {
  if (!store.isShown(key) || store.left.peek()?.key === key) return;
  try {
    await followThread(parseKey(key).receiver);
    await synchronize();
  } catch (error) {
    // Its messages are there. It may be a new group of mine, of which no sync has told yet.
    if (!(error instanceof ApiError)) throw error;
  }
}

/** @param {string} key */
export async function loadOlder(key) {
  if (store.timelineOf(key).peek().passage) return loadOlderPassage(key);
  const { messages, isLoadingOlder, isStale, hasStart } = store.timelineOf(key).peek();
  if (isLoadingOlder || isStale || hasStart || firstSequence(messages) <= 1) return;
  store.updateTimeline(key, { isLoadingOlder: true, hasFailed: false });
  try {
    const page = await fetchPage(key, { before: firstSequence(messages) });
    store.updateTimeline(key, withOlderPage(store.timelineOf(key).peek(), page));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    store.updateTimeline(key, { isLoadingOlder: false, hasFailed: true });
  }
}

/**
 * The members of a large group are only sent on request.
 * @param {string} key
 * @returns {Promise<boolean>} whether the members are known
 */
export async function loadMembers(key) {
  const conversation = store.conversations.peek().get(key);
  if (!conversation?.group || conversation.threadOf || conversation.members.length > 0) return true;
  try {
    takeGroup(await fetchGroup(conversation.receiver));
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return false;
  }
}
