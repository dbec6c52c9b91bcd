/** A draft beside what the server has of it. */

/**
 * @typedef {object} DraftState
 * @property {number} known the revision of the newest state of the server that is in it
 * @property {boolean} isStored whether that is more than an empty text
 * @property {boolean} isUnsaved whether it has changed here since
 *
 * @typedef {DraftState & { text: string }} KeptDraft as it is stored on the device
 */

/** @type {DraftState} */
export const UNKNOWN_DRAFT = Object.freeze({ known: 0, isStored: false, isUnsaved: false });

/** An earlier version of the page stored the text alone. @param {any} value @returns {KeptDraft} */
export function fromStorage(value) {
  return typeof value === "string" ? { text: value, known: 0, isStored: false, isUnsaved: true } : value;
}

/**
 * @param {KeptDraft} draft
 * @returns {KeptDraft | undefined} undefined if there is nothing to store
 */
export function toStorage(draft) {
  return draft.text || draft.isUnsaved || draft.known > 0 ? draft : undefined;
}

/**
 * Two texts that were typed on two devices apart: both, unless one contains the other.
 * @param {string} mine
 * @param {string} theirs
 */
export function merged(mine, theirs) {
  if (mine.includes(theirs)) return mine;
  return theirs.includes(mine) ? theirs : `${theirs}\n${mine}`;
}

const WORTH_RETRYING = new Set(["", "offline", "timeout", "unavailable", "too_many_events", "too_many_requests", "internal_error", "not_signed_in"]);

/** @param {string} code of a refusal: the same draft would be refused again, so it stays on this device */
export function isLastWord(code) {
  return !WORTH_RETRYING.has(code);
}
