/**
 * The messages of one conversation, in the order of their sequence numbers. The numbers are dense, so a missing one
 * is a message that has not reached this page yet.
 */

import { newerOf } from "./messagestate.js";

/** @typedef {import("../protocol.js").Message} Message */

/**
 * @typedef {object} Timeline
 * @property {Message[]} messages ordered by sequence, each once
 * @property {boolean} isLoaded whether the newest page has been fetched (or read from the last visit)
 * @property {boolean} isRecalled whether all of it is from the last visit, with the changes since then
 * @property {boolean} isStale what is shown may be others' by now: the newest page takes its place
 * @property {boolean} isLoading
 * @property {boolean} isLoadingOlder
 * @property {boolean} hasStart whether there is nothing before the first message
 * @property {boolean} isMissing the server knows no such person, or no such group that I am in
 * @property {boolean} hasFailed the last fetch failed; `isLoaded` tells which of the two it was
 * @property {import("./passage.js").Passage | null} passage what is shown instead of the newest messages
 */

/** @type {Timeline} */
export const EMPTY_TIMELINE = Object.freeze({
  messages: [],
  isLoaded: false,
  isRecalled: false,
  isStale: false,
  isLoading: false,
  isLoadingOlder: false,
  hasStart: false,
  isMissing: false,
  hasFailed: false,
  passage: null,
});

/**
 * Adds new messages and updates known ones. The result is the same list if nothing changed.
 * @param {Message[]} known
 * @param {Message[]} incoming in any order, repeats allowed
 * @returns {Message[]}
 */
export function merge(known, incoming) {
  if (incoming.length === 0) return known;
  if (isPlainAppend(known, incoming)) return [...known, ...incoming];
  const bySequence = new Map(known.map((message) => [message.sequence, message]));
  let hasChanged = false;
  for (const message of incoming) {
    const before = bySequence.get(message.sequence);
    const newer = before ? newerOf(before, message) : message;
    if (newer === before) continue;
    bySequence.set(message.sequence, newer);
    hasChanged = true;
  }
  if (!hasChanged) return known;
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
}

/**
 * @param {Message[]} known
 * @param {Message[]} incoming
 */
function isPlainAppend(known, incoming) {
  let last = lastSequence(known);
  for (const message of incoming) {
    if (message.sequence <= last) return false;
    last = message.sequence;
  }
  return true;
}

/** @param {Message[]} messages */
export function lastSequence(messages) {
  return messages.at(-1)?.sequence ?? 0;
}

/** @param {Message[]} messages */
export function firstSequence(messages) {
  return messages[0]?.sequence ?? 0;
}

/**
 * The newest messages without a gap. The others are dropped when a gap is too wide to fill.
 * @param {Message[]} messages
 */
export function newestRun(messages) {
  let start = messages.length - 1;
  while (start > 0 && messages[start].sequence === messages[start - 1].sequence + 1) start -= 1;
  return messages.slice(Math.max(start, 0));
}

/**
 * @param {Timeline} timeline
 * @param {Message[]} page the newest page; shown messages that do not adjoin it are dropped
 * @returns {Timeline}
 */
export function withNewestPage(timeline, page) {
  const { messages, hasStart, isStale, isLoadingOlder, passage } = timeline;
  if (isStale) return { ...EMPTY_TIMELINE, messages: page, isLoaded: true, isLoadingOlder };
  return { ...EMPTY_TIMELINE, messages: newestRun(merge(messages, page)), isLoaded: true, hasStart, isLoadingOlder, passage };
}

/**
 * @param {Timeline} timeline
 * @param {Message[]} page the messages before the first one that is shown
 * @returns {Timeline}
 */
export function withOlderPage(timeline, page) {
  return { ...timeline, messages: merge(timeline.messages, page), isLoadingOlder: false, hasFailed: false, hasStart: page.length === 0 };
}

/**
 * @param {Timeline} timeline
 * @param {number} last the last message that is erased, as are all before it
 * @returns {Timeline}
 */
export function withoutErased(timeline, last) {
  const { messages, passage, isLoaded } = timeline;
  const hasStart = timeline.hasStart || (isLoaded && firstSequence(messages) <= last);
  const isPassageErased = passage !== null && firstSequence(passage.messages) <= last;
  return { ...timeline, messages: keptOf(messages, last), hasStart, passage: isPassageErased ? null : passage };
}

/**
 * The messages that are left, which no longer say what an erased one said.
 * @param {Message[]} messages
 * @param {number} last
 */
function keptOf(messages, last) {
  const kept = messages.filter((message) => message.sequence > last);
  return kept.map((message) => {
    const { replyTo } = message;
    return replyTo && replyTo.sequence <= last ? { ...message, replyTo: { sequence: replyTo.sequence, sender: null, content: null } } : message;
  });
}
