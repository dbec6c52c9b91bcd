/** The list of people and groups: the content of a line, and the order. */

import { unreadOf } from "./conversation.js";
import { folded, matches } from "./names.js";
import { unreadMentionsOf } from "./mentions.js";

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./outbox.js").OutboxEntry} OutboxEntry
 */

/**
 * @typedef {object} Line
 * @property {Conversation} conversation
 * @property {string} activeAt ISO 8601 of what happened last; empty if nothing has
 * @property {OutboxEntry | null} pending my newest unsent message
 * @property {string} draft
 */

/**
 * @param {Iterable<Conversation>} conversations
 * @param {OutboxEntry[]} outbox
 * @param {Map<string, string>} drafts
 * @returns {Line[]} newest first; then people without messages, by name
 */
export function linesOf(conversations, outbox, drafts) {
  const pending = new Map(outbox.map((entry) => [entry.key, entry]));
  const listed = [...conversations].filter((conversation) => !conversation.threadOf);
  const lines = listed.map((conversation) => lineOf(conversation, pending, drafts));
  return lines.sort(newestFirst);
}

/**
 * @param {Conversation} conversation
 * @param {Map<string, OutboxEntry>} pending
 * @param {Map<string, string>} drafts
 * @returns {Line}
 */
function lineOf(conversation, pending, drafts) {
  const entry = pending.get(conversation.key) ?? null;
  const activeAt = entry?.createdAt ?? conversation.lastMessage?.timestamp ?? conversation.createdAt;
  return { conversation, activeAt, pending: entry, draft: drafts.get(conversation.key) ?? "" };
}

const byName = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

/**
 * @param {Line} a
 * @param {Line} b
 */
function newestFirst(a, b) {
  const difference = momentOf(b) - momentOf(a);
  if (difference !== 0) return difference;
  return byName.compare(a.conversation.name, b.conversation.name);
}

/** @param {Line} line */
function momentOf(line) {
  return line.activeAt ? Date.parse(line.activeAt) : 0;
}

/**
 * @param {Line[]} lines
 * @param {string} query
 */
export function filterLines(lines, query) {
  if (query.trim() === "") return lines;
  return lines.filter(({ conversation }) => matches(searchText(conversation), query));
}

/** @type {WeakMap<Conversation, string>} */
const searchTexts = new WeakMap();

/** @param {Conversation} conversation */
function searchText(conversation) {
  let text = searchTexts.get(conversation);
  if (text === undefined) {
    text = folded(`${conversation.name} ${conversation.group ? "" : conversation.receiver}`);
    searchTexts.set(conversation, text);
  }
  return text;
}

/**
 * @param {Iterable<Conversation>} conversations
 * @returns {number} unread messages in all of them: of a muted one none, or only those that mention me
 */
export function unreadIn(conversations) {
  let sum = 0;
  for (const conversation of conversations) sum += countedIn(conversation);
  return sum;
}

/** @param {Conversation} conversation */
function countedIn(conversation) {
  const { level } = conversation.preferences;
  if (level === "none") return 0;
  return level === "mentions" ? unreadMentionsOf(conversation) : unreadOf(conversation);
}
