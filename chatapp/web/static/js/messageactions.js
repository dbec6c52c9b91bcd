/** What one does with a message, besides answering it. A refusal is shown for a while. */

import { ApiError } from "./api.js";
import { takeChanged } from "./changes.js";
import { deleteMessage, deletePreviews, editMessage, pin, react } from "./messageapi.js";
import { isSameEmoji } from "./models/emoji.js";
import { failureSentence, say } from "./strings.js";
import * as store from "./store.js";

/** @typedef {import("./protocol.js").Message} Message */

/**
 * @param {Message} message mine
 * @param {string} content
 */
export function changeText(message, content) {
  return change(editMessage(message.messageId, content));
}

/** @param {Message} message */
export function remove(message) {
  return change(deleteMessage(message.messageId));
}

/**
 * Adds my reaction, or takes it back.
 * @param {Message} message
 * @param {string} emoji
 */
export function toggleReaction(message, emoji) {
  const isMine = message.reactions?.some((one) => isSameEmoji(one.emoji, emoji) && one.mine) ?? false;
  return change(react(message.messageId, emoji, !isMine));
}

/**
 * Pins a message for everybody in its conversation, or unpins it.
 * @param {Message} message
 */
export function togglePin(message) {
  return change(pin(message.messageId, !message.pinnedAt));
}

/**
 * Removes the previews of links for everybody and for good.
 * @param {Message} message mine
 */
export function removePreviews(message) {
  return change(deletePreviews(message.messageId));
}

/**
 * @param {Promise<Message>} request
 * @returns {Promise<boolean>} whether it succeeded; if not, the page says why
 */
async function change(request) {
  try {
    takeChanged(await request);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    notify(failureSentence(error.code, say.groupChangeFailed));
    return false;
  }
}

const NOTICE_MILLISECONDS = 6_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Shows a sentence for a while. @param {string} sentence */
export function notify(sentence) {
  clearTimeout(timer);
  store.notice.value = sentence;
  timer = setTimeout(() => (store.notice.value = ""), NOTICE_MILLISECONDS);
}
