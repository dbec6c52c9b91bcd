/** Keys that an input method takes for itself, as Chinese, Japanese and Korean ones take the Enter that ends a composition. */

/** The `keyCode` of a key that an input method has taken. */
const KEY_CODE_TAKEN = 229;

/**
 * Safari ends a composition before it sends the key event that ended it. `isComposing` is false by then, and only the
 * `keyCode` shows that the input method took the key.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === KEY_CODE_TAKEN;
}

/** Hides such keys from every other handler on the page. */
export function leaveKeysToInputMethod() {
  addEventListener("keydown", leaveToInputMethod, { capture: true });
}

/** @param {KeyboardEvent} event */
function leaveToInputMethod(event) {
  if (!isComposing(event)) return;
  event.stopImmediatePropagation();
  // Chromium's own search field would empty itself on an Escape that only ends a composition.
  if (event.key === "Escape") event.preventDefault();
}
