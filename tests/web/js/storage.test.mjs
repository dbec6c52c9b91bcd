import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { load } from "./support.mjs";

mock.timers.enable({ apis: ["setTimeout"] });
globalThis.document = { getElementById: () => null };
// Neither refuses nor answers, as where another tab blocks it.
globalThis.indexedDB = { open: () => ({}) };

const store = await load("store.js");
const { draftsOf, entriesOf, keepDraft, keepEntry, dropEntry, seenBy } = await load("database.js");
globalThis.IDBKeyRange = { bound: () => null };

const entry = (clientId, owner = "alice") => ({ clientId, owner, key: "u:bob", content: "hi", createdAt: "2026-03-10T12:00:00Z" });
/** Lets everything run that waits for no timer. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await null;
}

test("nothing waits for storage for more than half a second, and nothing a second time", async () => {
  let isDone = false;
  const first = seenBy("alice", "username").then(() => (isDone = true));
  mock.timers.tick(499);
  await settle();
  assert.equal(isDone, false);
  assert.equal(store.canKeep.value, true);
  mock.timers.tick(1);
  await first;
  assert.equal(store.canKeep.value, false);
  assert.equal(await seenBy("alice", "owesSignOut"), undefined);
});

test("what cannot be written is found all the same, by whoever wrote it", async () => {
  await keepEntry(entry("1"));
  await keepEntry(entry("2"));
  await keepEntry(entry("3", "bob"));
  await dropEntry("1");
  assert.deepEqual((await entriesOf("alice")).map((found) => found.clientId), ["2"]);
  const draft = (text) => ({ text, known: 0, isStored: false, isUnsaved: false });
  await keepDraft("alice", "u:bob", draft("half a"));
  await keepDraft("alice", "u:bob", draft("half a sentence"));
  await keepDraft("bob", "u:alice", draft("another's"));
  await keepDraft("alice", "u:carol", draft("gone"));
  await keepDraft("alice", "u:carol", draft(""));
  assert.deepEqual([...(await draftsOf("alice"))], [["u:bob", draft("half a sentence")]]);
});
