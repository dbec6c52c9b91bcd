import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { newEntry } = await load("models/outbox.js");
const { rowsOf } = await load("models/rows.js");

test("a forwarded message names its author before and after it is sent", () => {
  const forwarded = { sender: "bob", timestamp: "2026-03-09T12:00:00Z" };
  const entry = { ...newEntry("alice", "u:carol", "hi", "2026-03-10T12:00:00Z"), forward: { ...forwarded, messageId: "1-2" } };
  const message = { sender: "alice", content: "hi", timestamp: "2026-03-10T12:00:00Z", sequence: 1, messageId: "2-1", clientId: null, forwarded };
  const rows = rowsOf({ messages: [message], entries: [entry], me: "alice", newAfter: null, isComplete: false });
  assert.deepEqual(rows.filter(({ type }) => type === "message").map((row) => row.forwarded.sender), ["bob", "bob"]);
});
