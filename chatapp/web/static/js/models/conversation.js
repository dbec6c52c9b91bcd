/** One line of the list: a person or a group, and how far everybody is in it. */

import { keyOf } from "./keys.js";
import { fullName } from "./names.js";

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../protocol.js").Marks} Marks
 * @typedef {import("../protocol.js").User} User
 */

/**
 * @typedef {object} Conversation
 * @property {string} key
 * @property {string} receiver
 * @property {boolean} group
 * @property {string} name
 * @property {Message | null} lastMessage
 * @property {number} lastSequence
 * @property {number} readSequence how far I have read
 * @property {number} unread
 * @property {Marks[]} members how far the others are; empty where the server leaves them out
 * @property {string[]} usernames who is in a group
 * @property {string} createdAt of a group; empty otherwise
 */

/**
 * @param {string} receiver
 * @param {boolean} group
 * @returns {Conversation}
 */
export function emptyConversation(receiver, group) {
  return {
    key: keyOf(receiver, group),
    receiver,
    group,
    name: receiver,
    lastMessage: null,
    lastSequence: 0,
    readSequence: 0,
    unread: 0,
    members: [],
    usernames: [],
    createdAt: "",
  };
}

/**
 * @param {import("../protocol.js").WireConversation} wire
 * @param {Conversation | undefined} known
 * @returns {Conversation}
 */
export function fromWire(wire, known) {
  const base = known ?? emptyConversation(wire.receiver, wire.group);
  const isStale = base.lastSequence > wire.lastSequence;
  const readSequence = Math.max(base.readSequence, wire.readSequence);
  return {
    ...base,
    name: wire.name || base.name,
    lastMessage: isStale ? base.lastMessage : wire.lastMessage,
    lastSequence: Math.max(base.lastSequence, wire.lastSequence),
    readSequence,
    unread: isStale || base.readSequence > wire.readSequence ? base.unread : wire.unread,
    members: wire.members ? mergeMarks(base.members, wire.members) : base.members,
  };
}

/**
 * @param {import("../protocol.js").Group} group
 * @param {Conversation | undefined} known
 * @returns {Conversation}
 */
export function fromGroup(group, known) {
  return {
    ...(known ?? emptyConversation(group.groupId, true)),
    name: group.groupName,
    usernames: group.users.map((user) => user.username),
    createdAt: group.createdAt,
  };
}

/**
 * @param {User} user
 * @param {Conversation | undefined} known
 * @returns {Conversation}
 */
export function fromUser(user, known) {
  return { ...(known ?? emptyConversation(user.username, false)), name: fullName(user) };
}

/**
 * @param {Conversation} conversation
 * @param {Message} message
 * @param {boolean} isUnread
 * @returns {Conversation}
 */
export function withMessage(conversation, message, isUnread) {
  if (message.sequence <= conversation.lastSequence) return withDelivered(conversation, message);
  return {
    ...conversation,
    lastMessage: message,
    lastSequence: message.sequence,
    unread: conversation.unread + (isUnread ? 1 : 0),
  };
}

/**
 * @param {Conversation} conversation
 * @param {Message} message
 */
function withDelivered(conversation, message) {
  if (conversation.lastMessage?.messageId !== message.messageId || !message.deliveredToAll) return conversation;
  return { ...conversation, lastMessage: { ...conversation.lastMessage, deliveredToAll: true } };
}

/**
 * @param {Conversation} conversation
 * @param {Marks} marks
 * @param {string} me
 * @returns {Conversation}
 */
export function withMarks(conversation, marks, me) {
  const members = mergeMarks(conversation.members, [marks]);
  if (marks.username !== me) return { ...conversation, members };
  return withRead({ ...conversation, members }, marks.readSequence);
}

/**
 * @param {Conversation} conversation
 * @param {number} sequence how far I have read, here or in another tab
 * @returns {Conversation}
 */
export function withRead(conversation, sequence) {
  if (sequence <= conversation.readSequence) return conversation;
  const left = Math.max(0, conversation.lastSequence - sequence);
  return { ...conversation, readSequence: sequence, unread: Math.min(conversation.unread, left) };
}

/**
 * Watermarks only rise, in whatever order they arrive.
 * @param {Marks[]} known
 * @param {Marks[]} incoming
 * @returns {Marks[]}
 */
function mergeMarks(known, incoming) {
  const byName = new Map(known.map((marks) => [marks.username, marks]));
  for (const marks of incoming) byName.set(marks.username, risen(byName.get(marks.username), marks));
  return [...byName.values()];
}

/**
 * @param {Marks | undefined} before
 * @param {Marks} after
 * @returns {Marks}
 */
function risen(before, after) {
  return {
    username: after.username,
    deliveredSequence: Math.max(before?.deliveredSequence ?? 0, after.deliveredSequence ?? 0),
    readSequence: Math.max(before?.readSequence ?? 0, after.readSequence ?? 0),
  };
}

/** @typedef {"stored" | "delivered" | "read"} Progress */

/**
 * How far one of my messages has come.
 * @param {Conversation} conversation
 * @param {Message} message
 * @param {string} me
 * @returns {Progress}
 */
export function progressOf(conversation, message, me) {
  const others = othersOf(conversation, me);
  if (others.length > 0 && others.every((marks) => marks.readSequence >= message.sequence)) return "read";
  if (message.deliveredToAll) return "delivered";
  const isDelivered = others.length > 0 && others.every((marks) => marks.deliveredSequence >= message.sequence);
  return isDelivered ? "delivered" : "stored";
}

/**
 * The others' marks, or none of them if some are not known: a part does not speak for all.
 * @param {Conversation} conversation
 * @param {string} me
 */
function othersOf(conversation, me) {
  const others = conversation.members.filter((marks) => marks.username !== me);
  const expected = conversation.group ? conversation.usernames.filter((name) => name !== me).length : 1;
  return others.length >= expected ? others : [];
}
