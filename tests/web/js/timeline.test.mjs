import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { EMPTY_TIMELINE, lastSequence, merge, newestRun, withNewestPage, withOlderPage, withoutErased } = await load("models/timeline.js");
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

test("a message that was changed replaces what is known of it, and an older one does not", () => {
  const edited = merge([message(1), message(2)], [message(1, { revision: 7, content: "edited" })]);
  assert.deepEqual(edited.map((found) => found.content), ["edited", "message 2"]);
  assert.equal(merge(edited, [message(1)]), edited);
});

test("the last message of none has the number before the first", () => {
  assert.equal(lastSequence([]), 0);
  assert.equal(lastSequence([message(4), message(5)]), 5);
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

test("a newest page that does not touch what was kept replaces it", () => {
  const kept = { ...EMPTY_TIMELINE, isLoaded: true, isRecalled: true, messages: [message(1), message(2)] };
  const paged = withNewestPage(kept, [message(8), message(9)]);
  assert.deepEqual(sequences(paged.messages), [8, 9]);
  assert.deepEqual([paged.isLoaded, paged.isRecalled], [true, false]);
  assert.deepEqual(sequences(withNewestPage(kept, [message(2), message(3)]).messages), [1, 2, 3]);
});

test("a newest page takes the place of what is out of date, also where the two touch", () => {
  const stale = { ...EMPTY_TIMELINE, isLoaded: true, isStale: true, hasStart: true, messages: [message(1), message(2)] };
  const paged = withNewestPage(stale, [message(2), message(3)]);
  assert.deepEqual(sequences(paged.messages), [2, 3]);
  assert.deepEqual([paged.isStale, paged.hasStart], [false, false]);
});

test("an empty older page is the start of the history", () => {
  const shown = { ...EMPTY_TIMELINE, isLoaded: true, isLoadingOlder: true, messages: [message(5)] };
  assert.deepEqual(sequences(withOlderPage(shown, [message(3), message(4)]).messages), [3, 4, 5]);
  assert.equal(withOlderPage(shown, [message(4)]).hasStart, false);
  assert.equal(withOlderPage(shown, []).hasStart, true);
});

test("what is erased is gone, also from the answers to it, and nothing is before the rest", () => {
  const quote = (sequence) => ({ sequence, sender: "bob", content: "said" });
  const messages = [message(2), message(3), message(4, { replyTo: quote(2) }), message(5, { replyTo: quote(4) })];
  const left = withoutErased({ ...EMPTY_TIMELINE, isLoaded: true, messages }, 3);
  assert.deepEqual(sequences(left.messages), [4, 5]);
  assert.deepEqual(left.messages.map((found) => found.replyTo), [{ sequence: 2, sender: null, content: null }, quote(4)]);
  assert.equal(left.hasStart, true);
  assert.equal(withoutErased(left, 9).messages.length, 0);
});

test("what was not loaded is still to be fetched after older messages were erased", () => {
  assert.equal(withoutErased(EMPTY_TIMELINE, 3).hasStart, false);
  const later = { ...EMPTY_TIMELINE, isLoaded: true, messages: [message(8)] };
  assert.equal(withoutErased(later, 3).hasStart, false);
  const passage = { messages: [message(2), message(3)] };
  assert.equal(withoutErased({ ...later, passage }, 2).passage, null);
  assert.equal(withoutErased({ ...later, passage }, 1).passage, passage);
});
