/** The state of the page, all of it. Views read it; `changes`, `session`, `sync`, `sending` and `readmarks` change it. */

import { batch, computed, signal } from "@preact/signals";
import { emptyConversation } from "./models/conversation.js";
import { keyOf, parseKey } from "./models/keys.js";
import { filterLines, linesOf, unreadIn } from "./models/list.js";
import { fullName, isRemoved } from "./models/names.js";
import { DEFAULT_SETTINGS } from "./models/personal.js";
import { EMPTY_TIMELINE } from "./models/timeline.js";
import { say } from "./strings.js";

/**
 * @typedef {import("./protocol.js").User} User
 * @typedef {import("./models/conversation.js").Conversation} Conversation
 * @typedef {import("./models/outbox.js").OutboxEntry} OutboxEntry
 * @typedef {import("./models/timeline.js").Timeline} Timeline
 * @typedef {"checking" | "signedOut" | "signedIn"} SessionStatus
 * @typedef {{ username: string, role: "administrator" | "moderator" | "member" | "guest" }} SignedIn
 * @typedef {{ status: SessionStatus, reason: string } & SignedIn} Session
 * @typedef {"connecting" | "connected" | "lost" | "offline"} ConnectionStatus
 * @typedef {keyof typeof import("./views/dialogs/index.js").DIALOGS} DialogName
 * @typedef {"loading" | "ready" | "failed"} ListStatus
 */

/** @type {import("@preact/signals").Signal<Session>} */
export const session = signal({ status: "checking", username: "", role: "member", reason: "" });
/** @type {import("@preact/signals").Signal<ConnectionStatus>} */
export const connection = signal("connecting");
/** @type {import("@preact/signals").Signal<Map<string, User>>} */
export const people = signal(new Map());
/** @type {import("@preact/signals").Signal<Map<string, Conversation>>} */
export const conversations = signal(new Map());
/** The newest change of what is mine alone that the state includes: memberships, preferences, settings. */
export const userRevision = signal(0);
/** The number of the last change of a username that the state includes. @type {import("@preact/signals").Signal<number | null>} */
export const names = signal(null);
/** By message id. @type {import("@preact/signals").Signal<Map<string, import("./personalprotocol.js").Saved>>} */
export const saved = signal(new Map());
/** By client id. @type {import("@preact/signals").Signal<Map<string, import("./personalprotocol.js").Scheduled>>} */
export const scheduled = signal(new Map());
/** By username. @type {import("@preact/signals").Signal<Map<string, import("./personalprotocol.js").Block>>} */
export const blocks = signal(new Map());
/** My settings, the same on all devices. @type {import("@preact/signals").Signal<import("./protocol.js").Settings>} */
export const ownSettings = signal(DEFAULT_SETTINGS);
/** The open conversation as it was when I was removed from it. @type {import("@preact/signals").Signal<Conversation | null>} */
export const left = signal(null);
/** @type {import("@preact/signals").Signal<ListStatus>} */
export const listStatus = signal("loading");
/** Whether unsent messages and drafts survive a reload. */
export const canKeep = signal(true);
/** @type {import("@preact/signals").Signal<OutboxEntry[]>} */
export const outbox = signal([]);
/** @type {import("@preact/signals").Signal<Map<string, string>>} */
export const drafts = signal(new Map());
/** The conversation or the thread that the address names. @type {import("@preact/signals").Signal<string | null>} */
export const addressed = signal(null);
/** Whether the window has room for a conversation and a thread beside it. */
export const hasRoom = signal(true);
/** The message that the address names. Each visit makes a new object. @type {import("@preact/signals").Signal<{ key: string, sequence: number } | null>} */
export const target = signal(null);
export const query = signal("");
/** @type {import("@preact/signals").Signal<DialogName | null>} */
export const dialog = signal(null);
/**
 * The message that a dialog is about, and where it was asked for.
 * @type {import("@preact/signals").Signal<{ key: string, sequence: number, near: DOMRect | null } | null>}
 */
export const chosen = signal(null);
/** A sentence that is shown for a while; empty for none. */
export const notice = signal("");
/** The message of mine that the dialog of receipts is about. @type {import("@preact/signals").Signal<import("./protocol.js").Message | null>} */
export const receiptsOf = signal(null);
/** Whether the page is visible and has the focus. */
export const isAttended = signal(true);
/** The text that a screen reader reads next. */
export const announcement = signal("");
/** Whether a sync has finished since the sign-in. Nothing is marked as read before that. */
export const hasHeard = signal(false);
/** The usernames of who is typing, by conversation. @type {import("@preact/signals").Signal<Map<string, string[]>>} */
export const typing = signal(new Map());
/** @type {Map<string, import("@preact/signals").Signal<Timeline>>} */
const timelines = new Map();
/** The line for new messages of a shown conversation is after this sequence; null for no line. */
export const newAfterOf = signalByKey(/** @type {number | null} */ (null));
/** Whether the end of a shown conversation is visible. */
export const isAtEndOf = signalByKey(true);
/** Raised to scroll to the end of a shown conversation. */
export const jumpsOf = signalByKey(0);

export const me = computed(() => session.value.username);
export const lines = computed(() => linesOf(conversations.value.values(), outbox.value, drafts.value));
export const visibleLines = computed(() => filterLines(lines.value, query.value));
export const unreadTotal = computed(() => unreadIn(conversations.value.values()));
/** The open thread. */
export const threadKey = computed(() => (conversations.value.get(addressed.value ?? "")?.threadOf ? addressed.value : null));
/** The open conversation; with a thread open, the one that the thread is in. */
export const openKey = computed(() => {
  const root = conversations.value.get(threadKey.value ?? "")?.threadOf;
  return root ? keyOf(root.receiver, root.group) : addressed.value;
});
/** What is on the screen. */
export const shownKeys = computed(() => [threadKey.value && !hasRoom.value ? null : openKey.value, threadKey.value].filter((key) => key !== null));
export const openConversation = computed(() => (openKey.value ? conversationOf(openKey.value) : null));

/** @param {string} key whether it is on the screen now */
export const isShown = (key) => shownKeys.peek().includes(key);

/**
 * @param {string} key
 * @returns {Conversation} a placeholder until the list has it
 */
export function conversationOf(key) {
  const { receiver, group } = parseKey(key);
  const was = left.value?.key === key ? left.value : null;
  return conversations.value.get(key) ?? was ?? emptyConversation(receiver, group);
}

/**
 * @param {string} key
 * @returns {"known" | "waiting" | "unknown"} whether the list has it, is still loading, or has loaded without it
 */
export function knowledgeOf(key) {
  if (listStatus.value !== "ready") return "waiting";
  return conversations.value.has(key) ? "known" : "unknown";
}

/**
 * @param {string} key
 * @returns {import("@preact/signals").Signal<Timeline>}
 */
export function timelineOf(key) {
  const timeline = timelines.get(key) ?? signal(EMPTY_TIMELINE);
  timelines.set(key, timeline);
  return timeline;
}

/** @returns {[string, Timeline][]} by key, the loaded timelines that are up to date */
export function loadedTimelines() {
  const found = [...timelines].map(([key, timeline]) => /** @type {[string, Timeline]} */ ([key, timeline.peek()]));
  return found.filter(([, { isLoaded, isStale }]) => isLoaded && !isStale);
}

/**
 * @param {string} key
 * @param {Partial<Timeline>} changes
 */
export function updateTimeline(key, changes) {
  const timeline = timelineOf(key);
  timeline.value = { ...timeline.peek(), ...changes };
}

/**
 * The messages of a conversation are out of date. They are removed, or replaced by the next page if on the screen.
 * @param {string} key
 */
export function dropTimeline(key) {
  if (isShown(key) && timelines.get(key)?.peek().isLoaded) updateTimeline(key, { isStale: true });
  else forgetTimeline(key);
}

/** @param {string} key */
export function forgetTimeline(key) {
  const timeline = timelines.get(key);
  if (timeline) timeline.value = EMPTY_TIMELINE;
}

/**
 * @param {string} key of a known conversation; others are ignored
 * @param {(conversation: Conversation) => Conversation} change
 */
export function updateConversation(key, change) {
  const before = conversations.peek().get(key);
  if (before) putConversation(change(before));
}

/** @param {Conversation} conversation */
export function putConversation(conversation) {
  const { key } = conversation;
  if (conversations.peek().get(key) !== conversation) changeMap((map) => map.set(key, conversation));
  if (left.peek()?.key === key) left.value = null;
}

/** @param {string} key */
export function removeConversation(key) {
  if (conversations.peek().has(key)) changeMap((map) => map.delete(key));
}

/** The copy that a batch of changes writes to. @type {Map<string, Conversation> | null} */
let copied = null;

/** Changes many conversations in one copy of the map, and draws once. @param {() => void} work */
export function batchConversations(work) {
  batch(() => {
    copied = new Map(conversations.peek());
    // Subscribers are notified when the batch ends.
    conversations.value = copied;
    try {
      work();
    } finally {
      copied = null;
    }
  });
}

/** Signals compare maps by identity, so each change makes a new map. @param {(map: Map<string, Conversation>) => void} work */
function changeMap(work) {
  if (copied) return work(copied);
  const after = new Map(conversations.peek());
  work(after);
  conversations.value = after;
}

/** @param {User[]} users */
export function setPeople(users) {
  people.value = new Map(users.map((user) => [user.username, user]));
}

/**
 * Whoever shows when they were last connected was so until now.
 * @param {Iterable<[string, boolean]>} changes usernames, and whether each is online now
 */
export function setOnline(changes) {
  const now = new Date().toISOString();
  const after = new Map(people.peek());
  for (const [username, online] of changes) {
    const user = after.get(username);
    if (user) after.set(username, { ...user, isOnline: online, lastSeen: user.lastSeen && now });
  }
  people.value = after;
}

/** @param {string} username */
export function isOnline(username) {
  return people.value.get(username)?.isOnline ?? false;
}

/** @param {string} username @returns {string | null} when they were last connected; null while they are, or if it is not shown */
export function lastSeenOf(username) {
  const user = people.value.get(username);
  return user && !user.isOnline && ownSettings.value.sharesLastSeen && !blocks.value.get(username)?.blocked ? (user.lastSeen ?? null) : null;
}

/** @param {string} username */
export function nameOf(username) {
  const user = people.value.get(username);
  return isRemoved(username) ? say.removedUser : user ? fullName(user) : username;
}

/**
 * @param {string} key
 * @param {string} text
 */
export function setDraft(key, text) {
  if ((drafts.peek().get(key) ?? "") === text) return;
  const after = new Map(drafts.peek());
  if (text) after.set(key, text);
  else after.delete(key);
  drafts.value = after;
}

/**
 * @param {string} key
 * @param {string} username
 * @param {boolean} isTyping
 */
export function setTyping(key, username, isTyping) {
  const before = typing.peek().get(key) ?? [];
  if (before.includes(username) === isTyping) return;
  typing.value = new Map(typing.peek()).set(key, isTyping ? [...before, username] : before.filter((one) => one !== username));
}

/** Clears everything that belongs to the user who was signed in. The open conversation stays open. */
export function clear() {
  batch(() => {
    timelines.clear();
    newAfterOf.reset();
    userRevision.value = 0;
    names.value = null;
    ownSettings.value = DEFAULT_SETTINGS;
    people.value = conversations.value = drafts.value = typing.value = saved.value = scheduled.value = blocks.value = new Map();
    left.value = null;
    listStatus.value = "loading";
    outbox.value = [];
    query.value = "";
    dialog.value = null;
    hasHeard.value = false;
    connection.value = "connecting";
  });
}

/** @template T @param {T} initial */
function signalByKey(initial) {
  /** @type {Map<string, import("@preact/signals").Signal<T>>} */
  const signals = new Map();
  const of = (/** @type {string} */ key) => signals.get(key) ?? /** @type {import("@preact/signals").Signal<T>} */ (signals.set(key, signal(initial)).get(key));
  return Object.assign(of, { reset: () => signals.forEach((one) => (one.value = initial)) });
}

/** @param {string} username */
export const privateKey = (username) => keyOf(username, false);
