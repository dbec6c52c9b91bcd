/** The emoji that this browser's user reacted with lately, and the skin tone that they prefer. */

import { prefer, preferences } from "./preferences.js";

const USUAL = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/** @returns {string[]} the newest first, filled up with usual ones */
export function recentEmoji() {
  return [...new Set([...preferences.value.emoji, ...USUAL])].slice(0, USUAL.length);
}

/** @param {string} emoji */
export function rememberEmoji(emoji) {
  prefer({ emoji: [...new Set([emoji, ...preferences.peek().emoji])].slice(0, USUAL.length) });
}
