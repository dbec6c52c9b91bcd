import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { load } from "./support.mjs";

const READ_MILLISECONDS = 450;

mock.timers.enable({ apis: ["setTimeout", "Date"] });
globalThis.document = { getElementById: () => null };
globalThis.IDBKeyRange = { bound: ([, lower]) => lower };

const stored = { "conversation ": [{ key: "u:bob" }], "timeline ": [{ key: "u:bob", messages: [] }] };
const objectStore = { get: () => ({ result: 7 }), getAll: (prefix) => ({ result: stored[prefix] }) };

/** Answers each transaction late, as a busy disk does. */
function transaction() {
  const begun = { objectStore: () => objectStore, commit: () => globalThis.setTimeout(() => begun.oncomplete(), READ_MILLISECONDS) };
  return begun;
}

globalThis.indexedDB = {
  open() {
    const request = { result: { transaction } };
    Promise.resolve().then(() => request.onsuccess());
    return request;
  },
};

const { knownTo } = await load("database.js");

/** @returns {Promise<any>} the state on disk, three slow reads later */
async function read(isOnline) {
  Object.defineProperty(globalThis, "navigator", { value: { onLine: isOnline }, configurable: true });
  let found;
  knownTo("alice").then((known) => (found = known));
  for (let tick = 0; tick < 4; tick += 1) {
    for (let turn = 0; turn < 20; turn += 1) await null;
    mock.timers.tick(READ_MILLISECONDS);
  }
  for (let turn = 0; turn < 20; turn += 1) await null;
  return found;
}

test("a slow disk is read to the end without a network, since no server is faster", async () => {
  assert.deepEqual(await read(false), { userRevision: 7, conversations: stored["conversation "], timelines: stored["timeline "] });
});

test("a slow disk gives way to the server, which may be faster", async () => {
  assert.equal(await read(true), null);
});
