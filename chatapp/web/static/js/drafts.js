/** Drafts: text that is typed and not sent, stored while the user types. */

import { draftsOf, keepDraft } from "./database.js";
import * as store from "./store.js";
import { tellTabs } from "./tabs.js";

/**
 * @param {string} key
 * @param {string} text
 */
export function writeDraft(key, text) {
  const owner = store.me.peek();
  store.setDraft(key, text);
  keepDraft(owner, key, text);
  tellTabs({ type: "draft", owner, key, text });
}

/**
 * Forgets a draft that was sent. Sending has removed it from storage.
 * @param {string} key
 */
export function endDraft(key) {
  store.setDraft(key, "");
  tellTabs({ type: "draft", owner: store.me.peek(), key, text: "" });
}

/** @param {string} owner */
export async function recallDrafts(owner) {
  const drafts = await draftsOf(owner);
  if (store.me.peek() === owner) store.drafts.value = drafts;
}
