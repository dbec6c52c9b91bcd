import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { isWorthRetrying, newClientId, newEntry, nextToSend, withEntry, withoutEntry } = await load("models/outbox.js");
const entry = (key, content) => newEntry("alice", key, content, "2026-03-10T12:00:00Z");
const contents = (entries) => entries.map((found) => found.content);

test("client ids are random UUIDs", () => {
  const ids = new Set(Array.from({ length: 500 }, newClientId));
  assert.equal(ids.size, 500);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
});

test("one message a conversation is on its way at a time, the oldest first", () => {
  const entries = [entry("u:bob", "1"), entry("u:bob", "2"), entry("g:1", "3")];
  assert.deepEqual(contents(nextToSend(entries, new Set())), ["1", "3"]);
  assert.deepEqual(contents(nextToSend(entries, new Set(["u:bob"]))), ["3"]);
});

test("a failed message waits for its writer and holds nobody up", () => {
  const entries = [{ ...entry("u:bob", "1"), status: "failed" }, entry("u:bob", "2")];
  assert.deepEqual(contents(nextToSend(entries, new Set())), ["2"]);
});

test("an entry is replaced in its place, and gone when it is gone", () => {
  const [first, second] = [entry("u:bob", "1"), entry("u:bob", "2")];
  const failed = { ...first, status: "failed" };
  assert.deepEqual(withEntry([first, second], failed), [failed, second]);
  assert.deepEqual(withoutEntry([first, second], first.clientId), [second]);
  const same = [second];
  assert.equal(withoutEntry(same, first.clientId), same);
});

test("what was refused for what it says is not tried again by itself", () => {
  assert.ok(isWorthRetrying("timeout"));
  assert.ok(!isWorthRetrying("invalid_input"));
});
