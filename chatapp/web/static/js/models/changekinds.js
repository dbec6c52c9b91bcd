/**
 * One function for each kind of change, which applies it to a conversation. A change carries the resulting state, so
 * applying it twice does nothing.
 */

import { detailsOf, withTold } from "./conversation.js";
import { withMentionsOf } from "./mentions.js";
import { updatedBy } from "./messagestate.js";

/**
 * @typedef {import("../protocol.js").Change} Change
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("./conversation.js").Conversation} Conversation
 */

/** @type {Record<string, (conversation: Conversation, change: any, me: string) => Conversation>} */
const KINDS = {
  message: (conversation, change, me) => withMessage(conversation, change.message, me),
  update: withUpdatedMessage,
  members: withMembers,
  details: withDetails,
};

/**
 * @param {Conversation} conversation
 * @param {Change} change
 * @returns {"known" | "next" | "later"} later: changes before it are missing
 */
export function placeOf(conversation, { revision }) {
  if (revision <= conversation.revision) return "known";
  return revision === conversation.revision + 1 ? "next" : "later";
}

/**
 * @param {Conversation} conversation
 * @param {Change} change
 * @param {string} me
 * @returns {Conversation} the same object if the change is known
 */
export function withChange(conversation, change, me) {
  if (change.revision <= conversation.revision) return conversation;
  const changed = KINDS[change.kind]?.(conversation, change, me) ?? conversation;
  const stateRevision = change.kind === "message" ? conversation.stateRevision : change.revision;
  return { ...changed, revision: change.revision, stateRevision };
}

/**
 * @param {Conversation} conversation
 * @param {Message} message
 * @param {string} me
 * @returns {Conversation}
 */
export function withMessage(conversation, message, me) {
  const isLast = message.sequence >= conversation.lastSequence;
  const noted = withMentionsOf(conversation, message, me);
  const heard = isLast ? { ...noted, lastMessage: message, lastSequence: message.sequence } : noted;
  return message.sender === me ? withTold(heard, message.sequence) : heard;
}

/**
 * The list shows the last message only.
 * @param {Conversation} conversation
 * @param {import("../protocol.js").UpdateChange} change
 * @param {string} me
 * @returns {Conversation}
 */
export function withUpdatedMessage(conversation, { update }, me) {
  const { lastMessage } = conversation;
  const noted = withMentionsOf(conversation, update, me);
  return lastMessage?.sequence === update.sequence ? { ...noted, lastMessage: updatedBy(lastMessage, update, me) } : noted;
}

/**
 * A new member has no undelivered messages. The members of a large group are unknown until they are fetched.
 * @param {Conversation} conversation
 * @param {import("../protocol.js").MembersChange} change
 * @param {string} me
 * @returns {Conversation}
 */
export function withMembers(conversation, { members: changed }, me) {
  const { lastSequence, members, role } = conversation;
  const own = changed.find((member) => member.username === me)?.role ?? role;
  if (members.length === 0) return { ...conversation, role: own };
  const known = new Map(members.map((member) => [member.username, member]));
  for (const member of changed) {
    if (member.role === null) known.delete(member.username);
    else known.set(member.username, { deliveredSequence: lastSequence, readSequence: lastSequence, ...known.get(member.username), username: member.username, role: member.role });
  }
  return { ...conversation, role: own, members: [...known.values()] };
}

/**
 * @param {Conversation} conversation
 * @param {import("../protocol.js").DetailsChange} change
 * @returns {Conversation}
 */
export function withDetails(conversation, change) {
  const { group, name, lastMessage, mentions } = conversation;
  const isErased = lastMessage !== null && lastMessage.sequence <= change.erasedSequence;
  return {
    ...conversation,
    ...detailsOf(change),
    // A person's name is that of their profile.
    name: group ? change.name : name,
    lastMessage: isErased ? null : lastMessage,
    mentions: mentions.filter((sequence) => sequence > change.erasedSequence),
  };
}

/**
 * @param {Conversation} conversation
 * @param {Message} message that all members have received
 * @returns {Conversation}
 */
export function withDelivered(conversation, message) {
  const { lastMessage } = conversation;
  if (lastMessage?.messageId !== message.messageId || lastMessage.deliveredToAll) return conversation;
  return { ...conversation, lastMessage: { ...lastMessage, deliveredToAll: true } };
}
