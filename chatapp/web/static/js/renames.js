/**
 * Usernames that have changed. What is typed and not sent goes on under the new names; everything else is fetched again.
 */

import { draftsOf, dropDraft, entriesOf, keepDraft, keepEntry, keepSeen } from "./database.js";
import { moveBlobs, moveTrays } from "./files/database.js";
import { merged } from "./models/draft.js";
import { keyOf } from "./models/keys.js";
import { forgetState } from "./offline.js";
import { addressOf } from "./router.js";
import * as store from "./store.js";

/**
 * @typedef {import("./protocol.js").Renamed} Renamed
 * @typedef {import("./protocol.js").PersonRemoved} PersonRemoved
 */

/** The removals that this page was told of as they happened. Later no answer says who it was. @type {Map<number, Renamed>} */
const witnessed = new Map();

/** @type {(username: string) => Promise<void>} */
let startOver = async () => {};

/** @param {(username: string) => Promise<void>} listener begins again, for this user, with what is on disk */
export function onRenamed(listener) {
  startOver = listener;
}

/** @param {Renamed} renamed as an event has it */
export function witness(renamed) {
  if (renamed.isRemoved) witnessed.set(renamed.number, renamed);
}

/**
 * @param {(Renamed | PersonRemoved)[]} renamed in the order in which they happened
 * @param {number} names the number of the last change
 */
export async function takeRenames(renamed, names) {
  const me = store.me.peek();
  const present = (/** @type {string} */ name) => renamed.reduce((found, one) => nameAfter(found, witnessed.get(one.number) ?? one), name);
  const presentKey = (/** @type {string} */ key) => (key.startsWith("u:") ? keyOf(present(key.slice(2)), false) : key);
  const owner = present(me);
  const open = store.openKey.peek();
  const entries = await entriesOf(me);
  await Promise.all(entries.map((entry) => keepEntry({ ...entry, owner, key: presentKey(entry.key) })));
  await moveDrafts(me, owner, presentKey);
  await moveTrays(me, owner, presentKey);
  if (owner !== me) await moveBlobs(me, owner);
  await forgetState(me);
  await keepSeen(owner, "names", names);
  if (open && presentKey(open) !== open) location.replace(addressOf(presentKey(open)));
  await startOver(owner);
  store.names.value = names;
}

/** @param {string} name @param {Renamed | PersonRemoved} change */
const nameAfter = (name, change) => ("username" in change && change.username === name ? change.newUsername : name);

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
