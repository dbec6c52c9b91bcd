import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { gapAfter, lastSequence, merge, newestRun } = await load("models/timeline.js");
const sequences = (messages) => messages.map((found) => found.sequence);

test("messages are ordered by sequence, in whatever order they arrive", () => {
  assert.deepEqual(sequences(merge([message(2), message(3)], [message(4), message(1)])), [1, 2, 3, 4]);
});

test("a message that arrives twice is kept once", () => {
  const known = [message(1), message(2)];
  assert.equal(merge(known, [message(2)]), known);
});

test("a delivered tick is taken from a repeat, and never taken back by one", () => {
  const delivered = merge([message(1)], [message(1, { deliveredToAll: true })]);
  assert.equal(delivered[0].deliveredToAll, true);
  assert.equal(merge(delivered, [message(1)]), delivered);
});

test("a page that overlaps adds only what is new", () => {
  assert.deepEqual(sequences(merge([message(5), message(6)], [message(6), message(7), message(8)])), [5, 6, 7, 8]);
});

test("a missing number is found, and the number before it is where to fetch from", () => {
  assert.equal(gapAfter([message(4), message(5), message(7), message(9)]), 5);
});

test("a whole list has no gap, wherever it begins, and so has an empty one", () => {
  assert.equal(gapAfter([message(4), message(5), message(6)]), null);
  assert.equal(gapAfter([]), null);
  assert.equal(lastSequence([]), 0);
});

test("the newest run ends at the first hole from below", () => {
  assert.deepEqual(sequences(newestRun([message(1), message(2), message(7), message(8)])), [7, 8]);
  assert.deepEqual(newestRun([]), []);
});

test("50,000 messages take one more without a sort", () => {
  const known = Array.from({ length: 50_000 }, (_, index) => message(index + 1));
  const merged = merge(known, [message(50_001)]);
  assert.equal(merged.length, 50_001);
  assert.equal(merged[0], known[0]);
});
