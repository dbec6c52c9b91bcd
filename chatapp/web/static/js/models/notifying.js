/** Which messages notify. The server has the same rule for web push: `actions/push_messages.py`. */

import { mentionsMe } from "./mentions.js";

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("../protocol.js").Message} Message
 */

/**
 * @param {Pick<Conversation, "group" | "threadOf">} conversation
 * @returns {boolean} whether only some of its messages notify where I have chosen nothing
 */
export function isChosenByDefault({ group, threadOf }) {
  return group && !threadOf;
}

/**
 * @param {Pick<Conversation, "group" | "threadOf" | "preferences">} conversation
 * @param {Pick<Message, "sender" | "mentions" | "replyTo">} message by somebody else
 * @param {string} me
 */
export function notifies(conversation, message, me) {
  const { level } = conversation.preferences;
  if (level === "none") return false;
  if (level === "all" || (level === "default" && !isChosenByDefault(conversation))) return true;
  return mentionsMe(message, me) || (level === "default" && message.replyTo?.sender === me);
}
