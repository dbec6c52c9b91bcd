/** The message that a dialog is about, as it is now. */

import { shownOf } from "../../models/passage.js";
import { chosen, timelineOf } from "../../store.js";

/** @returns {{ key: string, near: DOMRect | null, message: import("../../protocol.js").Message | null }} null if it is no longer on the page, or deleted */
export function useChosenMessage() {
  const { key, sequence, near } = chosen.value ?? { key: "", sequence: 0, near: null };
  const message = key && shownOf(timelineOf(key).value).messages.find((one) => one.sequence === sequence);
  return { key, near, message: message && !message.deletedAt ? message : null };
}
