/** What is mine alone, and the same on all of my devices: preferences for a conversation, and settings. */

/**
 * @typedef {import("../protocol.js").Preferences} Preferences
 * @typedef {import("../protocol.js").Settings} Settings
 */

/** @type {Preferences} */
export const DEFAULT_PREFERENCES = Object.freeze({ level: "default", unreadFrom: null, userRevision: 0 });

/** @type {Settings} */
export const DEFAULT_SETTINGS = Object.freeze({ sharesReads: true, sharesLastSeen: true, sharesTyping: true, showsPreviews: true, showsContent: true, digest: "daily", doNotDisturb: null, userRevision: 0 });

/**
 * Each state carries the revision of its last change, so that the order in which states arrive does not matter.
 * @template {{ userRevision: number }} State
 * @param {State} known
 * @param {State} incoming
 * @returns {State}
 */
export function newer(known, incoming) {
  return incoming.userRevision > known.userRevision ? incoming : known;
}

/** @param {{ preferences: Preferences }} conversation */
export function isMuted({ preferences }) {
  return preferences.level === "none";
}
