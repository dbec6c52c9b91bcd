/** Applies the changes of what is mine alone to the store, whether they arrive by an event, a sync, or an answer. */

import { emptyConversation, withPreferences } from "./models/conversation.js";
import { keyOf, parseKey } from "./models/keys.js";
import { newer } from "./models/personal.js";
import * as store from "./store.js";

/** @type {(key: string, draft: import("./protocol.js").Draft) => void} */
let takeDraft = () => {};

/** @param {(key: string, draft: import("./protocol.js").Draft) => void} listener gets each draft that the server tells of */
export function onDraft(listener) {
  takeDraft = listener;
}

/** @param {import("./protocol.js").OwnChange} change */
export function takeOwn(change) {
  if (change.kind === "settings") takeSettings(change.settings);
  else if (change.kind === "draft") takeDraft(keyOf(change.receiver, change.group), change.draft);
  else takePreferences(keyOf(change.receiver, change.group), change.preferences);
}

/** @param {import("./protocol.js").Settings} settings */
export function takeSettings(settings) {
  store.ownSettings.value = newer(store.ownSettings.peek(), settings);
}

/**
 * A person may not be in the list yet. A group that is not in it is one that I have left.
 * @param {string} key
 * @param {import("./protocol.js").Preferences} preferences
 */
export function takePreferences(key, preferences) {
  const { receiver, group } = parseKey(key);
  const known = store.conversations.peek().get(key) ?? (group ? null : emptyConversation(receiver, false));
  if (known) store.putConversation(withPreferences(known, preferences));
}
