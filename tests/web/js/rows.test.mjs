import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

process.env.TZ = "UTC";
const { rowsOf } = await load("models/rows.js");
const { newEntry } = await load("models/outbox.js");

const rows = (changes) => rowsOf({ messages: [], entries: [], me: "alice", newAfter: null, isComplete: false, ...changes });
const types = (found) => found.map((row) => row.type);

test("days are separated", () => {
  const messages = [message(1, { timestamp: "2026-03-10T12:00:00Z" }), message(2, { timestamp: "2026-03-12T12:00:00Z" })];
  assert.deepEqual(types(rows({ messages })), ["day", "message", "day", "message"]);
});

test("a run is one sender within five minutes", () => {
  const messages = [
    message(1, { timestamp: "2026-03-10T12:00:00Z" }),
    message(2, { timestamp: "2026-03-10T12:04:00Z" }),
    message(3, { timestamp: "2026-03-10T12:04:30Z", sender: "alice" }),
    message(4, { timestamp: "2026-03-10T12:30:00Z", sender: "alice" }),
  ];
  const found = rows({ messages }).filter((row) => row.type === "message");
  assert.deepEqual(found.map((row) => row.isFirst), [true, false, true, true]);
  assert.deepEqual(found.map((row) => row.isLast), [false, true, true, true]);
});

test("the line for new messages goes above the first one by somebody else", () => {
  const messages = [message(1), message(2, { sender: "alice" }), message(3), message(4)];
  assert.deepEqual(types(rows({ messages, newAfter: 1 })), ["day", "message", "message", "new", "message", "message"]);
});

test("the line is not drawn where the first new message has not been loaded", () => {
  assert.ok(!types(rows({ messages: [message(5), message(6)], newAfter: 3 })).includes("new"));
  assert.ok(types(rows({ messages: [message(5), message(6)], newAfter: 4 })).includes("new"));
});

test("there is no line without new messages", () => {
  assert.ok(!types(rows({ messages: [message(1)], newAfter: 1 })).includes("new"));
  assert.ok(!types(rows({ messages: [message(1)], newAfter: null })).includes("new"));
});

test("a message keeps its key when the server has it, and is not shown twice meanwhile", () => {
  const entry = newEntry("alice", "u:bob", "hello", "2026-03-10T12:02:00Z");
  const [, before] = rows({ entries: [entry] });
  const stored = message(1, { sender: "alice", content: "hello", clientId: entry.clientId });
  const after = rows({ entries: [entry], messages: [stored] });
  assert.equal(after.filter((row) => row.type === "message").length, 1);
  assert.equal(after[1].key, before.key);
  assert.equal(before.entry, entry);
  assert.equal(after[1].message, stored);
});

test("every row has a key of its own", () => {
  const messages = Array.from({ length: 300 }, (_, index) => message(index + 1, { timestamp: new Date(Date.UTC(2026, 2, 1, index)).toISOString() }));
  const keys = rows({ messages, newAfter: 100, isComplete: true }).map((row) => row.key);
  assert.equal(new Set(keys).size, keys.length);
});
