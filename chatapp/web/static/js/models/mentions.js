/** Mentions: who is meant, which of them are unread, and who could be meant by what is being typed. */

import { lastReadOf } from "./conversation.js";

/**
 * @typedef {import("../protocol.js").Mention} Mention
 * @typedef {import("./conversation.js").Conversation} Conversation
 */

const KEPT = 500;

/**
 * @param {Mention} mention
 * @param {string} me
 * @returns {boolean} an event that does not say whom `@here` means has come while I was here
 */
export function isMine({ kind, username, mine }, me) {
  return kind === "user" ? username === me : mine !== false;
}

/**
 * @param {{ mentions?: Mention[], sender?: string }} message
 * @param {string} me
 * @returns {boolean} whether somebody else mentions me
 */
export function mentionsMe({ mentions, sender }, me) {
  return sender !== me && (mentions?.some((mention) => isMine(mention, me)) ?? false);
}

/**
 * @param {Conversation} conversation
 * @param {{ sequence: number, mentions?: Mention[], sender?: string }} message new or changed
 * @param {string} me
 * @returns {Conversation} the same object if nothing changed
 */
export function withMentionsOf(conversation, message, me) {
  const { mentions, readSequence } = conversation;
  const { sequence, sender } = message;
  const isKnown = mentions.includes(sequence);
  // A changed message does not say who sent it. What is not read yet is not mine.
  const isMentioned = mentionsMe(message, me) && (sender !== undefined || isKnown || sequence > readSequence);
  if (isMentioned === isKnown) return conversation;
  const after = isMentioned ? [...mentions, sequence].sort((a, b) => a - b).slice(-KEPT) : mentions.filter((one) => one !== sequence);
  return { ...conversation, mentions: after };
}

/**
 * @param {number[]} known
 * @param {{ unreadMentions: number[], readSequence: number, preferences: import("../protocol.js").Preferences, erasedSequence: number }} wire
 * @returns {number[]} those that the server counts as unread, and the known ones before
 */
export function mentionsFrom(known, wire) {
  const last = lastReadOf(wire);
  return [...known.filter((sequence) => sequence <= last), ...wire.unreadMentions].slice(-KEPT);
}

/** @param {Conversation} conversation */
export function unreadMentionsOf(conversation) {
  const last = lastReadOf(conversation);
  return conversation.mentions.filter((sequence) => sequence > last).length;
}
