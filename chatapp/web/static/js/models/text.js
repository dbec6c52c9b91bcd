/** What may be sent: the server's rules for content and names, known before it is asked. */

import { CONTENT_BYTES_MAX, GROUP_NAME_CHARACTERS_MAX } from "../protocol.js";

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/gu;
const encoder = new TextEncoder();

/**
 * What was typed or pasted, as it is sent: newlines as newlines, no invisible control characters.
 * @param {string} typed
 */
export function contentOf(typed) {
  return typed.replace(/\r\n?/gu, "\n").replace(CONTROL, "");
}

/** @param {string} content */
export function isBlank(content) {
  return content.trim() === "";
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
  const length = [...name.trim()].length;
  if (length === 0) return "empty";
  return length > GROUP_NAME_CHARACTERS_MAX ? "long" : null;
}
