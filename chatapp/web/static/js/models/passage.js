/**
 * A passage: the messages around one that was looked up, possibly far above the newest ones. A timeline shows its passage
 * instead of its newest messages until the two meet, or until the user goes back to the latest message.
 */

import { firstSequence, lastSequence, merge } from "./timeline.js";

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("./timeline.js").Timeline} Timeline
 */

/**
 * @typedef {object} Passage
 * @property {number} around the sequence that was looked up
 * @property {Message[]} messages without a gap; empty while the first page is being fetched
 * @property {"around" | "older" | "newer" | null} loading
 * @property {"around" | "older" | "newer" | null} failed what the last fetch asked for, if it failed
 * @property {boolean} hasStart whether there is nothing before the first message
 */

/**
 * @typedef {object} Shown the part of a timeline that is on the screen
 * @property {Message[]} messages
 * @property {"around" | "older" | "newer" | null} loading
 * @property {"around" | "older" | "newer" | null} failed
 * @property {boolean} hasStart
 * @property {boolean} hasEnd whether it ends with the newest message
 */

/**
 * @param {Timeline} timeline
 * @returns {Shown}
 */
export function shownOf(timeline) {
  if (timeline.passage) return { ...timeline.passage, hasEnd: false };
  const { messages, hasStart, isLoadingOlder, hasFailed } = timeline;
  return { messages, loading: isLoadingOlder ? "older" : null, failed: hasFailed ? "older" : null, hasStart, hasEnd: true };
}

/**
 * @param {Timeline} timeline
 * @param {number} sequence
 */
export function hasMessage({ messages, isLoaded, isStale }, sequence) {
  return isLoaded && !isStale && messages.some((message) => message.sequence === sequence);
}

/**
 * @param {number} sequence
 * @returns {Passage} still without messages
 */
export function newPassage(sequence) {
  return { around: sequence, messages: [], loading: "around", failed: null, hasStart: false };
}

/**
 * @param {Timeline} timeline with a passage
 * @param {Message[]} page the messages after `after`, which are dense unless the history before them is hidden from me
 * @param {number} after exclusive
 * @returns {Timeline}
 */
export function withPassagePage(timeline, page, after) {
  const passage = /** @type {Passage} */ (timeline.passage);
  const messages = merge(passage.messages, page);
  const isFirst = passage.messages.length === 0;
  const hasStart = isFirst ? firstSequence(page) > after + 1 : passage.hasStart;
  // An empty page is the end: the message that was looked up does not exist, or no newer one does.
  if (page.length === 0) return { ...timeline, passage: null };
  return joined({ ...timeline, passage: { ...passage, messages, loading: null, failed: null, hasStart } });
}

/**
 * @param {Timeline} timeline with a passage
 * @param {Message[]} page the messages before the first one of the passage
 * @returns {Timeline}
 */
export function withOlderPassagePage(timeline, page) {
  const passage = /** @type {Passage} */ (timeline.passage);
  const messages = merge(passage.messages, page);
  return { ...timeline, passage: { ...passage, messages, loading: null, failed: null, hasStart: page.length === 0 } };
}

/**
 * The passage and the newest messages are one timeline as soon as nothing lies between them.
 * @param {Timeline} timeline
 * @returns {Timeline}
 */
export function joined(timeline) {
  const { passage, messages, isLoaded, isStale } = timeline;
  if (!passage || passage.messages.length === 0 || !isLoaded || isStale) return timeline;
  if (lastSequence(passage.messages) < firstSequence(messages) - 1) return timeline;
  return { ...timeline, messages: merge(passage.messages, messages), hasStart: passage.hasStart, passage: null };
}

/**
 * A message of the passage may have changed.
 * @param {Passage} passage
 * @param {Message} message
 * @returns {Passage} the same one if the message is outside
 */
export function withPassageMessage(passage, message) {
  const { messages } = passage;
  if (message.sequence < firstSequence(messages) || message.sequence > lastSequence(messages)) return passage;
  const merged = merge(messages, [message]);
  return merged === messages ? passage : { ...passage, messages: merged };
}
