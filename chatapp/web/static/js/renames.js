/**
 * Usernames that have changed. What is typed and not sent goes on under the new names; everything else is fetched again.
 */

import { draftsOf, dropDraft, entriesOf, keepDraft, keepEntry, keepSeen } from "./database.js";
import { merged } from "./models/draft.js";
import { keyOf } from "./models/keys.js";
import { forgetState } from "./offline.js";
import { addressOf } from "./router.js";
import * as store from "./store.js";

/** @typedef {import("./protocol.js").Renamed} Renamed */

/** @type {(username: string) => Promise<void>} */
let startOver = async () => {};

/** @param {(username: string) => Promise<void>} listener begins again, for this user, with what is on disk */
export function onRenamed(listener) {
  startOver = listener;
}

/**
 * @param {Renamed[]} renamed in the order in which they happened
 * @param {number} names the number of the last change
 */
export async function takeRenames(renamed, names) {
  const me = store.me.peek();
  const present = (/** @type {string} */ name) => renamed.reduce((found, one) => (found === one.username ? one.newUsername : found), name);
  const presentKey = (/** @type {string} */ key) => (key.startsWith("u:") ? keyOf(present(key.slice(2)), false) : key);
  const owner = present(me);
  const open = store.openKey.peek();
  await Promise.all((await entriesOf(me)).map((entry) => keepEntry({ ...entry, owner, key: presentKey(entry.key) })));
  await moveDrafts(me, owner, presentKey);
  await forgetState(me);
  await keepSeen(owner, "names", names);
  if (open && presentKey(open) !== open) location.replace(addressOf(presentKey(open)));
  await startOver(owner);
  store.names.value = names;
}

/**
 * @param {string} me
 * @param {string} owner
 * @param {(key: string) => string} presentKey
 */
async function moveDrafts(me, owner, presentKey) {
  const drafts = await draftsOf(me);
  for (const [key, draft] of drafts) {
    const to = presentKey(key);
    if (me === owner && key === to) continue;
    const other = drafts.get(to);
    const text = other && key !== to ? merged(draft.text, other.text) : draft.text;
    await keepDraft(owner, to, { ...draft, text, isUnsaved: true });
    await dropDraft(me, key);
  }
}
