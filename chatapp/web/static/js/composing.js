/** What the message field is for: a new message, an answer to one, or the new text of one. */

import { signal } from "@preact/signals";
import { changeText } from "./messageactions.js";
import { shownOf } from "./models/passage.js";
import * as store from "./store.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {{ kind: "reply", message: Message } | { kind: "edit", message: Message, text: string }} Purpose
 */

/** By conversation; a conversation that is not in here takes a new message. @type {import("@preact/signals").Signal<Map<string, Purpose>>} */
export const purposes = signal(new Map());

/**
 * @param {string} key
 * @param {Purpose | null} purpose
 */
function setPurpose(key, purpose) {
  const after = new Map(purposes.peek());
  if (purpose) after.set(key, purpose);
  else after.delete(key);
  purposes.value = after;
}

/**
 * @param {string} key
 * @param {Message} message
 */
export function replyTo(key, message) {
  setPurpose(key, { kind: "reply", message });
  focusField(key);
}

/**
 * The draft is kept, and is back in the field after the edit.
 * @param {string} key
 * @param {Message} message mine
 */
export function edit(key, message) {
  if (message.poll) return;
  setPurpose(key, { kind: "edit", message, text: message.content });
  focusField(key);
}

/**
 * @param {string} key
 * @param {string} text of the message that is being edited
 */
export function writeEdit(key, text) {
  const purpose = purposes.peek().get(key);
  if (purpose?.kind === "edit") setPurpose(key, { ...purpose, text });
}

/** @param {string} key */
export function endPurpose(key) {
  setPurpose(key, null);
}

/** Edits the newest message of mine that is on the page. @param {string} key */
export function editLast(key) {
  const { messages, hasEnd } = shownOf(store.timelineOf(key).peek());
  const last = hasEnd && messages.findLast(({ sender, deletedAt, poll, forwarded }) => sender === store.me.peek() && !deletedAt && !poll && !forwarded);
  if (last) edit(key, last);
  return Boolean(last);
}

/**
 * @param {string} key
 * @param {Message} message
 * @param {string} content
 */
export async function saveEdit(key, message, content) {
  if (content === message.content || (await changeText(message, content))) endPurpose(key);
}

/** @param {string} key @returns {string} the id of its message field in the page */
export const fieldId = (key) => (key === store.threadKey.value ? "thread-composer" : "composer");

/** The conversation or the thread that a dialog writes in. @type {import("@preact/signals").Signal<string>} */
export const writtenIn = signal("");

/**
 * Opens a dialog that writes in a conversation or a thread.
 * @param {"newPoll" | "sendLater" | "scheduledHere"} name
 * @param {string} key
 */
export function openToWrite(name, key) {
  writtenIn.value = key;
  store.dialog.value = name;
}

/** After the next draw, because the field may be drawn anew. @param {string} key */
export function focusField(key) {
  requestAnimationFrame(() => {
    const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById(fieldId(key)));
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  });
}
