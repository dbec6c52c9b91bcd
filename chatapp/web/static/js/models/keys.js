/** A conversation's key on this page: `u:<username>` for a private one, `g:<groupId>` for a group. */

/** @typedef {import("../protocol.js").Message} Message */

/**
 * @param {string} receiver
 * @param {boolean} group
 */
export function keyOf(receiver, group) {
  return `${group ? "g" : "u"}:${receiver}`;
}

/**
 * @param {string} key
 * @returns {{ receiver: string, group: boolean }}
 */
export function parseKey(key) {
  return { receiver: key.slice(2), group: key.startsWith("g:") };
}

/**
 * @param {string} number of a conversation, with which the ids of its messages begin: `12` of `12-345`
 * @param {Map<string, { key: string, group: boolean, lastMessage: Message | null }>} conversations
 * @returns {string | null} null for an unknown conversation
 */
export function keyOfNumber(number, conversations) {
  const asGroup = keyOf(number, true);
  if (conversations.has(asGroup)) return asGroup;
  for (const { key, group, lastMessage } of conversations.values()) {
    if (!group && lastMessage?.messageId.startsWith(`${number}-`)) return key;
  }
  return null;
}

/**
 * The conversation of a message for `me`. The protocol does not say whether `receiver` is a person or a group. The
 * known groups decide, unless the message is addressed to me.
 * @param {Message & { group?: boolean }} message
 * @param {string} me
 * @param {(key: string) => boolean} isKnown
 * @returns {string | null} null for an unknown conversation
 */
export function keyOfMessage(message, me, isKnown) {
  const asGroup = keyOf(message.receiver, true);
  if (message.group ?? isKnown(asGroup)) return asGroup;
  if (message.receiver === me) return keyOf(message.sender, false);
  if (message.sender === me) return keyOf(message.receiver, false);
  return null;
}

/**
 * A receipt names the conversation by its other side, which for a private one may be me.
 * @param {import("../protocol.js").Receipt} receipt
 * @param {string} me
 */
export function keyOfReceipt(receipt, me) {
  const isMirrored = !receipt.group && receipt.receiver === me;
  return keyOf(isMirrored ? receipt.username : receipt.receiver, receipt.group);
}

/** The number of a message's conversation, which is the same for everybody. @param {{ messageId: string }} message */
export function numberOf({ messageId }) {
  return messageId.slice(0, messageId.indexOf("-"));
}

/** The sequence of a message, where only its id is known. @param {{ messageId: string }} message */
export function sequenceOf({ messageId }) {
  return Number(messageId.slice(messageId.indexOf("-") + 1));
}
