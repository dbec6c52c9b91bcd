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
  else if (change.kind === "saved") takeSaved(change.saved);
  else if (change.kind === "block") takeBlock(change.block);
  else if (change.kind === "scheduled") takeScheduled(change.scheduled);
  else if (change.kind === "draft") takeDraft(keyOf(change.receiver, change.group), change.draft);
  else takePreferences(keyOf(change.receiver, change.group), change.preferences);
}

/** @param {import("./personalprotocol.js").Saved} saved */
export const takeSaved = (saved) => takeInto(store.saved, saved.messageId, saved);

/** @param {import("./personalprotocol.js").Block} block */
export const takeBlock = (block) => takeInto(store.blocks, block.username, block);

/** @param {import("./personalprotocol.js").Scheduled} scheduled */
export const takeScheduled = (scheduled) => takeInto(store.scheduled, scheduled.clientId, scheduled);

/**
 * @template {{ userRevision: number }} State
 * @param {import("@preact/signals").Signal<Map<string, State>>} states
 * @param {string} id
 * @param {State} state
 */
function takeInto(states, id, state) {
  const known = states.peek();
  states.value = new Map(known).set(id, newer(known.get(id) ?? state, state));
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
