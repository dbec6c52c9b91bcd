/** Which messages notify, by the level of their conversation. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { notifies } = await load("models/notifying.js");

const PRIVATE = { group: false, threadOf: null };
const GROUP = { group: true, threadOf: null };
const THREAD = { group: true, threadOf: { receiver: "1", group: true, sequence: 2 } };
const plain = message(1);
const mention = message(2, { mentions: [{ start: 0, end: 6, kind: "user", username: "alice" }] });
const reply = message(3, { replyTo: { sequence: 1, sender: "alice", content: "" } });

/** @param {object} place @param {string} level */
const notifying = (place, level) =>
  [plain, mention, reply].map((one) => notifies({ ...place, preferences: { level, unreadFrom: null, userRevision: 0 } }, one, "alice"));

test("where nothing was chosen, a group notifies of mentions and answers, and all else of everything", () => {
  assert.deepEqual(notifying(GROUP, "default"), [false, true, true]);
  assert.deepEqual(notifying(PRIVATE, "default"), [true, true, true]);
  assert.deepEqual(notifying(THREAD, "default"), [true, true, true]);
});

test("a level that was chosen counts everywhere", () => {
  for (const place of [GROUP, PRIVATE, THREAD]) {
    assert.deepEqual(notifying(place, "all"), [true, true, true]);
    assert.deepEqual(notifying(place, "mentions"), [false, true, false]);
    assert.deepEqual(notifying(place, "none"), [false, false, false]);
  }
});
