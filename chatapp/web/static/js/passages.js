/** Opens a conversation at a message, however far up it is, and loads what is around it. */

import { effect, untracked } from "@preact/signals";
import { ApiError } from "./api.js";
import { fetchPage } from "./messagepages.js";
import { hasMessage, newPassage, withOlderPassagePage, withPassagePage } from "./models/passage.js";
import { firstSequence, lastSequence } from "./models/timeline.js";
import { PAGE_SIZE } from "./protocol.js";
import { leaveMessage } from "./router.js";
import * as store from "./store.js";

/** Messages before the one that is looked up in the first page. */
const BEFORE = PAGE_SIZE / 2;

/** Shows the message that the address names, and the latest messages otherwise. @returns {() => void} stops it */
export function followTarget() {
  return effect(() => {
    const target = store.target.value;
    const keys = store.shownKeys.value;
    if (store.session.value.status !== "signedIn") return;
    untracked(() => keys.forEach((key) => (target?.key === key ? showAround(key, target.sequence) : leavePassage(key))));
  });
}

/** Shows the end of a conversation. @param {string} key */
export function goToLatest(key) {
  leaveMessage(key);
  leavePassage(key);
  store.jumpsOf(key).value += 1;
}

/** @param {string} key */
function leavePassage(key) {
  if (store.timelineOf(key).peek().passage) store.updateTimeline(key, { passage: null });
}

/**
 * @param {string} key
 * @param {number} sequence
 */
export async function showAround(key, sequence) {
  const timeline = store.timelineOf(key).peek();
  if (hasMessage(timeline, sequence)) return leavePassage(key);
  if (timeline.passage?.messages.some((message) => message.sequence === sequence)) return undefined;
  store.updateTimeline(key, { passage: newPassage(sequence) });
  const after = Math.max(0, sequence - BEFORE - 1);
  return load(key, "around", { after }, (found, page) => withPassagePage(found, page, after));
}

/** @param {string} key of a conversation with a passage */
export async function loadNewer(key) {
  const { passage, isStale } = store.timelineOf(key).peek();
  if (!passage || passage.loading || isStale) return;
  const after = lastSequence(passage.messages);
  await load(key, "newer", { after }, (found, page) => withPassagePage(found, page, after));
}

/** @param {string} key of a conversation with a passage */
export async function loadOlderPassage(key) {
  const { passage, isStale } = store.timelineOf(key).peek();
  if (!passage || passage.loading || passage.hasStart || isStale) return;
  const before = firstSequence(passage.messages);
  if (before > 1) await load(key, "older", { before }, withOlderPassagePage);
}

/** @param {string} key */
export function retryPassage(key) {
  const { passage } = store.timelineOf(key).peek();
  if (passage?.failed === "around") showAround(key, passage.around);
  if (passage?.failed === "older") loadOlderPassage(key);
  if (passage?.failed === "newer") loadNewer(key);
}

/**
 * @param {string} key
 * @param {import("./models/passage.js").Shown["loading"]} what
 * @param {{ before?: number, after?: number }} where
 * @param {(timeline: import("./models/timeline.js").Timeline, page: import("./protocol.js").Message[]) => import("./models/timeline.js").Timeline} apply
 */
async function load(key, what, where, apply) {
  const me = store.me.peek();
  const around = store.timelineOf(key).peek().passage?.around;
  change(key, { loading: what, failed: null });
  /** @type {import("./protocol.js").Message[] | null} */
  let page = null;
  try {
    page = await fetchPage(key, where);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  const timeline = store.timelineOf(key).peek();
  // Meanwhile the user may have gone elsewhere, or somebody else may have signed in.
  if (store.me.peek() !== me || timeline.passage?.around !== around) return;
  if (page) store.updateTimeline(key, apply(timeline, page));
  else change(key, { loading: null, failed: what });
}

/**
 * @param {string} key
 * @param {Partial<import("./models/passage.js").Passage>} changes
 */
function change(key, changes) {
  const { passage } = store.timelineOf(key).peek();
  if (passage) store.updateTimeline(key, { passage: { ...passage, ...changes } });
}
