/** A conversation: a person or a group, its members, and their watermarks. */

import { keyOf } from "./keys.js";
import { mentionsFrom } from "./mentions.js";
import { fullName, isRemoved } from "./names.js";
import { DEFAULT_PREFERENCES, newer } from "./personal.js";
import { say } from "../strings.js";

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../protocol.js").Member} Member
 * @typedef {import("../protocol.js").Role} Role
 * @typedef {import("../protocol.js").User} User
 */

/**
 * @typedef {ConversationFields & import("../protocol.js").Details} Conversation
 * @typedef {object} ConversationFields
 * @property {string} key
 * @property {string} receiver
 * @property {boolean} group
 * @property {string} name
 * @property {number} revision the newest change that is in here; 0 for a person to whom nothing was said yet
 * @property {number} stateRevision the newest change of its members and details that is in here
 * @property {Message | null} lastMessage
 * @property {number} lastSequence
 * @property {number} readSequence how far I have read
 * @property {number} toldSequence how far the server knows that I have read
 * @property {number[]} mentions the messages that mention me, as far as they are known: all unread ones, and some others
 * @property {Member[]} members empty for a large group until they are fetched
 * @property {Role} role mine
 * @property {string} createdAt empty while it is not known
 * @property {import("../protocol.js").Root | null} threadOf of a thread: its root message; the list leaves it out
 * @property {import("../protocol.js").Preferences} preferences mine
 */

/** What a read watermark that is not shown adds to the sum of watermarks, as on the server. */
const HIDDEN = 2 ** 40;

/** Larger groups are listed without their members. */
const LISTED_MEMBERS = 50;

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
    revision: 0,
    stateRevision: 0,
    lastMessage: null,
    lastSequence: 0,
    readSequence: 0,
    toldSequence: 0,
    mentions: [],
    members: [],
    role: "member",
    createdAt: "",
    threadOf: null,
    topic: "",
    description: "",
    sharesHistory: true,
    isPublic: false,
    writers: "everybody",
    pinners: "everybody",
    retentionDays: 0,
    erasedSequence: 0,
    preferences: DEFAULT_PREFERENCES,
  };
}

/**
 * @param {import("../protocol.js").Details} source
 * @returns {import("../protocol.js").Details}
 */
export function detailsOf({ topic, description, sharesHistory, isPublic, writers, pinners, retentionDays, erasedSequence }) {
  return { topic, description, sharesHistory, isPublic, writers, pinners, retentionDays, erasedSequence };
}

/**
 * @param {Conversation} stored
 * @returns {boolean} whether it has every field; an earlier version of this page may have stored it without some
 */
export function isComplete(stored) {
  return Object.keys(emptyConversation("", true)).every((name) => name in stored);
}

/**
 * A whole conversation as the server sends it. My own read mark and the name of a person are kept.
 * @param {import("../protocol.js").WireConversation} wire
 * @param {Conversation | undefined} known
 * @returns {Conversation}
 */
export function fromWire(wire, known) {
  const { receiver, group, revision, lastMessage, lastSequence, members, role, createdAt } = wire;
  return {
    ...emptyConversation(receiver, group),
    name: group ? wire.name : isRemoved(receiver) ? say.removedUser : (known?.name ?? wire.name),
    revision,
    stateRevision: revision,
    lastMessage,
    lastSequence,
    readSequence: Math.min(lastSequence, Math.max(known?.readSequence ?? 0, wire.readSequence)),
    toldSequence: wire.readSequence,
    mentions: mentionsFrom(known?.mentions ?? [], wire),
    members,
    role,
    createdAt,
    threadOf: wire.threadOf ?? null,
    ...detailsOf(wire),
    preferences: newer(known?.preferences ?? DEFAULT_PREFERENCES, wire.preferences),
  };
}

/**
 * A group with the answer to a request. The answer has no messages, so the revision stays.
 * @param {import("../protocol.js").Group} group
 * @param {Conversation | undefined} known
 * @returns {Conversation}
 */
export function fromGroup(group, known) {
  const base = known ?? emptyConversation(group.groupId, true);
  if (group.revision < base.stateRevision) return base;
  const { groupName: name, role, createdAt } = group;
  const marks = new Map(base.members.map((member) => [member.username, member]));
  const members = group.members.map((member) => ({ deliveredSequence: 0, readSequence: 0, ...marks.get(member.username), ...member }));
  return { ...base, ...detailsOf(group), name, role, createdAt, members, stateRevision: group.revision };
}

/**
 * @param {User} user
 * @param {Conversation | undefined} known
 * @returns {Conversation}
 */
export function fromUser(user, known) {
  const name = fullName(user);
  if (known?.name === name) return known;
  return { ...(known ?? emptyConversation(user.username, false)), name };
}

/** Counts by sequence, which is dense. My own messages count as read. @param {Conversation} conversation */
export function unreadOf(conversation) {
  return Math.max(0, conversation.lastSequence - lastReadOf(conversation));
}

/**
 * @param {Pick<Conversation, "readSequence" | "preferences" | "erasedSequence">} conversation
 * @returns {number} how far I have read, or what is before the mark if I marked it as unread; what is erased is not unread
 */
export function lastReadOf({ readSequence, preferences: { unreadFrom }, erasedSequence }) {
  return Math.max(erasedSequence, unreadFrom === null ? readSequence : Math.min(readSequence, unreadFrom - 1));
}

/**
 * @param {Conversation} conversation
 * @param {import("../protocol.js").Preferences} preferences
 * @returns {Conversation}
 */
export function withPreferences(conversation, preferences) {
  const newest = newer(conversation.preferences, preferences);
  return newest === conversation.preferences ? conversation : { ...conversation, preferences: newest };
}

/**
 * @param {Conversation} conversation
 * @returns {boolean} whether the server lists the members with their watermarks
 */
export function hasListedMembers({ members }) {
  return members.length > 0 && members.length <= LISTED_MEMBERS;
}

/**
 * The sum of the watermarks, by which the server sees whether they are up to date.
 * @param {Conversation} conversation
 */
export function watermarksOf(conversation) {
  if (!hasListedMembers(conversation)) return conversation.toldSequence;
  return conversation.members.reduce((sum, member) => sum + member.deliveredSequence + (member.readSequence ?? HIDDEN), 0);
}

/**
 * Applies a receipt to a member's watermarks.
 * @param {Conversation} conversation
 * @param {import("../protocol.js").Marks} marks
 * @param {string} me
 * @returns {Conversation}
 */
export function withMarks(conversation, marks, me) {
  const members = conversation.members.map((member) => (member.username === marks.username ? risen(member, marks) : member));
  if (marks.username !== me) return { ...conversation, members };
  return withTold({ ...conversation, members }, marks.readSequence ?? 0);
}

/**
 * Applies the server's watermarks of all members.
 * @param {Conversation} conversation
 * @param {Member[]} members empty for a large group
 * @param {number} readSequence mine
 * @returns {Conversation}
 */
export function withWatermarks(conversation, members, readSequence) {
  const known = new Map(conversation.members.map((member) => [member.username, member]));
  for (const member of members) known.set(member.username, risen(known.get(member.username) ?? member, member));
  return withTold({ ...conversation, members: [...known.values()] }, readSequence);
}

/**
 * Watermarks only rise, in whatever order they arrive.
 * @param {Member} member
 * @param {import("../protocol.js").Marks} marks
 * @returns {Member}
 */
function risen(member, marks) {
  return {
    ...member,
    deliveredSequence: Math.max(member.deliveredSequence, marks.deliveredSequence),
    // Whoever does not show any more what they have read takes back what they have shown before.
    readSequence: marks.readSequence === null ? null : Math.max(member.readSequence ?? 0, marks.readSequence),
  };
}

/**
 * @param {Conversation} conversation
 * @param {number} sequence how far I have read, here or elsewhere
 * @returns {Conversation}
 */
export function withRead(conversation, sequence) {
  return sequence > conversation.readSequence ? { ...conversation, readSequence: sequence } : conversation;
}

/**
 * @param {Conversation} conversation
 * @param {number} sequence how far the server knows that I have read
 * @returns {Conversation}
 */
export function withTold(conversation, sequence) {
  const read = withRead(conversation, sequence);
  return sequence > read.toldSequence ? { ...read, toldSequence: sequence } : read;
}

/** @typedef {"stored" | "delivered" | "read"} Progress */

/**
 * The state of one of my messages: stored, delivered or read.
 * @param {Conversation} conversation
 * @param {Message} message
 * @param {string} me
 * @returns {Progress}
 */
export function progressOf(conversation, message, me) {
  const others = conversation.members.filter((member) => member.username !== me);
  if (others.length > 0 && others.every((member) => (member.readSequence ?? 0) >= message.sequence)) return "read";
  if (message.deliveredToAll) return "delivered";
  const isDelivered = others.length > 0 && others.every((member) => member.deliveredSequence >= message.sequence);
  return isDelivered ? "delivered" : "stored";
}
