/** The preferences of this browser's user, in local storage. None of them is secret. */

import { effect, signal } from "@preact/signals";
import { ownName } from "./config.js";

/**
 * @typedef {"system" | "light" | "dark"} Theme
 * @typedef {object} Preferences
 * @property {Theme} theme
 * @property {boolean} hasSound
 * @property {import("./sounds.js").Sound} sound
 * @property {boolean} hasNotifications
 * @property {string[]} emoji used lately
 * @property {number} tone the skin tone of emoji: 0 for none, 1 (light) to 5 (dark)
 * @property {boolean} [hasToolbar] missing until somebody chooses
 * @property {number} [playbackRate] how fast sounds are played: 1, 1.5 or 2
 */

/** theme.js reads the same key before the first paint. */
const KEY = ownName("chatapp.preferences");

/** @type {Preferences} */
const DEFAULTS = { theme: "system", hasSound: true, sound: "notes", hasNotifications: false, emoji: [], tone: 0 };

export const preferences = signal(read());

/** @returns {Preferences} */
function read() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return DEFAULTS;
  }
}

/** @param {Partial<Preferences>} changes */
export function prefer(changes) {
  preferences.value = { ...preferences.peek(), ...changes };
}

export function followPreferences() {
  return effect(() => {
    document.documentElement.dataset.theme = preferences.value.theme;
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences.value));
    } catch {
      // Storage is full or forbidden, so the choice lasts as long as the page.
    }
  });
}
