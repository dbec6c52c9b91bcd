/** What may be sent: the server's rules for content and names, known before it is asked. */

import { CONTENT_BYTES_MAX, GROUP_NAME_CHARACTERS_MAX } from "../protocol.js";

/** Unicode's Cc, but newline and tab. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;
/**
 * What shows nothing: separators, controls and format characters, and those characters of other categories that Unicode
 * lets every font leave out or that fonts draw as a blank (fillers, variation selectors, the Braille pattern without dots).
 */
const INVISIBLE =
  /[\p{Z}\p{Cc}\p{Cf}]|\u034f|[\u115f\u1160\u2800\u3164\uffa0]|[\u17b4-\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/gu;
const encoder = new TextEncoder();

/**
 * What was typed or pasted, as it is sent: newlines as newlines, no invisible control characters.
 * @param {string} typed
 */
export function contentOf(typed) {
  return typed.replace(/\r\n?/gu, "\n").replace(CONTROL, "");
}

/**
 * The server's definition too: it refuses a message or a name of which nothing would be seen.
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
