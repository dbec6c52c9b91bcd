/** Keys that work anywhere on the page. Single letters do nothing while the user is typing. */

import { amGuest } from "./guests.js";
import { goTo, goToList } from "./router.js";
import { dialog, openKey, session, threadKey, visibleLines } from "./store.js";

export function followKeys() {
  document.addEventListener("keydown", (event) => {
    if (session.peek().status !== "signedIn" || event.defaultPrevented) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/**
 * @param {KeyboardEvent} event
 * @returns {(() => void) | null}
 */
function actionOf(event) {
  if (dialog.peek()) return null;
  const isControl = event.ctrlKey || event.metaKey;
  if (isControl) return event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey ? () => (dialog.value = "palette") : null;
  if (event.altKey) return ALT[event.key] ?? null;
  if (event.key === "Escape") return threadKey.peek() ? leaveThread : openKey.peek() ? leaveConversation : null;
  return isTyping(event.target) ? null : (PLAIN[event.key] ?? null);
}

/** @type {Record<string, () => void>} */
const ALT = { ArrowDown: () => step(1), ArrowUp: () => step(-1) };

/** @type {Record<string, () => void>} */
const PLAIN = {
  "/": () => focusOn("#search"),
  "?": () => (dialog.value = "shortcuts"),
  n: () => amGuest() || (dialog.value = "newGroup"),
  g: () => amGuest() || (dialog.value = "findGroups"),
  b: () => (dialog.value = "saved"),
  c: () => focusOn("#composer"),
  m: () => focusOn(".row-message[tabindex='0']"),
  l: () => focusOn("#conversations a[tabindex='0']"),
};

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** @param {string} selector */
function focusOn(selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus();
}

function leaveConversation() {
  goToList();
  // After the next draw the focused field is gone, and on a phone the list is visible.
  queueMicrotask(() => focusOn("#conversations a[tabindex='0']"));
}

/** The pane gives the focus back. */
function leaveThread() {
  goTo(openKey.peek() ?? "");
}

/** @param {number} by */
function step(by) {
  const lines = visibleLines.peek();
  const index = lines.findIndex(({ conversation }) => conversation.key === openKey.peek());
  const next = lines[index === -1 && by < 0 ? lines.length - 1 : index + by];
  if (next) goTo(next.conversation.key);
}
