/** The server's rules for message content and names, checked before sending. */

import { CONTENT_BYTES_MAX, DESCRIPTION_CHARACTERS_MAX, GROUP_NAME_CHARACTERS_MAX, TOPIC_CHARACTERS_MAX } from "../protocol.js";

/** Unicode's Cc, but newline and tab. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;
/**
 * Invisible characters: separators, controls and format characters, and characters of other categories that Unicode
 * lets every font leave out or that fonts draw as a blank (fillers, variation selectors, the Braille pattern without dots).
 */
const INVISIBLE =
  /[\p{Z}\p{Cc}\p{Cf}]|\u034f|[\u115f\u1160\u2800\u3164\uffa0]|[\u17b4-\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/gu;
const encoder = new TextEncoder();

/**
 * Typed or pasted text as it is sent: newlines as LF, no invisible control characters.
 * @param {string} typed
 */
export function contentOf(typed) {
  return typed.replace(/\r\n?/gu, "\n").replace(CONTROL, "");
}

/**
 * The server uses the same definition: it refuses an invisible message or name.
 * @param {string} text
 */
export function isBlank(text) {
  return text.replace(INVISIBLE, "") === "";
}

/**
 * @param {string} content
 * @returns {number} bytes left; negative if it is too long
 */
export function bytesLeft(content) {
  if (content.length * 3 <= CONTENT_BYTES_MAX) return CONTENT_BYTES_MAX - content.length;
  return CONTENT_BYTES_MAX - encoder.encode(content).length;
}

/**
 * @param {string} name
 * @returns {"empty" | "long" | null} what is wrong with a group's name
 */
export function groupNameProblem(name) {
  if (isBlank(name)) return "empty";
  return [...name.trim()].length > GROUP_NAME_CHARACTERS_MAX ? "long" : null;
}

/**
 * @param {string} topic
 * @returns {boolean} whether it is too long
 */
export const isTopicLong = (topic) => [...topic.trim()].length > TOPIC_CHARACTERS_MAX;

/**
 * @param {string} description
 * @returns {boolean} whether it is too long
 */
export const isDescriptionLong = (description) => [...description.trim()].length > DESCRIPTION_CHARACTERS_MAX;
