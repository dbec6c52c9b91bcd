/**
 * Drafts: text that is typed and not sent. It is stored on this device while the user types, and soon after that on the
 * server, for the user's other devices. What is typed here now is never replaced by what another device says.
 */

import { call } from "./connection.js";
import { draftsOf, keepDraft } from "./database.js";
import { isLastWord, merged, UNKNOWN_DRAFT } from "./models/draft.js";
import { parseKey } from "./models/keys.js";
import { contentOf } from "./models/text.js";
import { CALL } from "./protocol.js";
import * as store from "./store.js";
import { tellTabs } from "./tabs.js";

/** @typedef {import("./models/draft.js").DraftState} DraftState */

const SAVE_MILLISECONDS = 1_000;
/** Typed within this time, the text here is the newest, whatever the server has. */
const FRESH_MILLISECONDS = 10_000;

/** What the server knows of each draft. @type {Map<string, DraftState>} */
let states = new Map();
/** @type {Map<string, number>} */
const typedAt = new Map();
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map();
/** @type {Set<string>} */
const saving = new Set();

/** @param {string} key */
const stateOf = (key) => states.get(key) ?? UNKNOWN_DRAFT;

/** The state after sending: the server is told only if it has the draft, or may. @param {string} key @returns {DraftState} */
export function stateAfterSending(key) {
  const state = stateOf(key);
  return { ...state, isUnsaved: state.isStored || saving.has(key) };
}

/**
 * @param {string} key
 * @param {string} text
 */
export function writeDraft(key, text) {
  put(key, text, { ...stateOf(key), isUnsaved: true });
  tellTabs({ type: "draft", owner: store.me.peek(), key, text });
  typedAt.set(key, Date.now());
  saveSoon(key, SAVE_MILLISECONDS);
}

/**
 * Forgets a draft that was sent. Sending has removed it from storage, with a note that the server does not know yet.
 * @param {string} key
 */
export function endDraft(key) {
  states.set(key, stateAfterSending(key));
  store.setDraft(key, "");
  tellTabs({ type: "draft", owner: store.me.peek(), key, text: "" });
  typedAt.set(key, Date.now());
  saveSoon(key, 0);
}

/** @param {string} owner */
export async function recallDrafts(owner) {
  const kept = await draftsOf(owner);
  if (store.me.peek() !== owner) return;
  states = new Map([...kept].map(([key, { known, isStored, isUnsaved }]) => [key, { known, isStored, isUnsaved }]));
  store.drafts.value = new Map([...kept].filter(([, { text }]) => text).map(([key, { text }]) => [key, text]));
}

/** Saves what was typed without a connection. */
export function saveDrafts() {
  for (const [key, { isUnsaved }] of states) if (isUnsaved) save(key);
}

/**
 * What the server has, by a change or a sync.
 * @param {string} key
 * @param {import("./protocol.js").Draft} draft
 */
export function takeDraft(key, { content, userRevision }) {
  const { known, isUnsaved } = stateOf(key);
  // What is typed here is compared when it is saved.
  if (userRevision <= known || isUnsaved) return;
  put(key, content, { known: userRevision, isStored: content !== "", isUnsaved: false });
}

/**
 * @param {string} key
 * @param {string} text
 * @param {DraftState} state
 */
function put(key, text, state) {
  states.set(key, state);
  store.setDraft(key, text);
  keepDraft(store.me.peek(), key, { text, ...state });
}

/**
 * @param {string} key
 * @param {number} milliseconds
 */
function saveSoon(key, milliseconds) {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => save(key), milliseconds));
}

const textOf = (/** @type {string} */ key) => store.drafts.peek().get(key) ?? "";

/** Without an answer the draft stays unsaved until the next connection. @param {string} key */
async function save(key) {
  const me = store.me.peek();
  if (!me || saving.has(key) || !stateOf(key).isUnsaved) return;
  const text = textOf(key);
  saving.add(key);
  const ack = await call(CALL.saveDraft, { ...parseKey(key), content: contentOf(text), known: stateOf(key).known });
  saving.delete(key);
  if (store.me.peek() !== me) return;
  if (ack.success) settle(key, text, { known: ack.draft.userRevision, isStored: text !== "" });
  else if (ack.error?.code === "draft_changed") resolve(key, /** @type {any} */ (ack.error.details).draft);
  else if (isLastWord(ack.error?.code ?? "")) settle(key, text, stateOf(key));
}

/**
 * @param {string} key
 * @param {string} text that the server has stored, or never will
 * @param {{ known: number, isStored: boolean }} state
 */
function settle(key, text, { known, isStored }) {
  const isUnsaved = textOf(key) !== text;
  put(key, textOf(key), { known, isStored, isUnsaved });
  if (isUnsaved) saveSoon(key, SAVE_MILLISECONDS);
}

/**
 * Another device has changed the draft. What is being typed here stays; of older texts none is lost.
 * @param {string} key
 * @param {import("./protocol.js").Draft} theirs
 */
function resolve(key, theirs) {
  const isFresh = Date.now() - (typedAt.get(key) ?? 0) < FRESH_MILLISECONDS;
  const text = isFresh ? textOf(key) : merged(textOf(key), theirs.content);
  put(key, text, { known: theirs.userRevision, isStored: theirs.content !== "", isUnsaved: text !== theirs.content });
  saveSoon(key, 0);
}
