import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { hasMessage, joined, newPassage, shownOf, withOlderPassagePage, withPassageMessage, withPassagePage } = await load("models/passage.js");
const { EMPTY_TIMELINE, withNewestPage } = await load("models/timeline.js");
const { keyOfNumber } = await load("models/keys.js");

const run = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => message(first + index));
const sequences = (messages) => messages.map((found) => found.sequence);
const newest = { ...EMPTY_TIMELINE, isLoaded: true, messages: run(901, 1000) };
const at500 = withPassagePage({ ...newest, passage: newPassage(500) }, run(450, 549), 449);

test("a passage is shown instead of the newest messages, without an end", () => {
  const shown = shownOf(at500);
  assert.deepEqual([shown.messages[0].sequence, shown.messages.at(-1).sequence], [450, 549]);
  assert.deepEqual([shown.hasStart, shown.hasEnd, shown.loading], [false, false, null]);
  assert.equal(at500.messages, newest.messages);
  assert.deepEqual([shownOf(newest).hasEnd, shownOf(newest).messages], [true, newest.messages]);
});

test("a passage grows at both ends", () => {
  const newer = withPassagePage(at500, run(550, 649), 549);
  const older = withOlderPassagePage(newer, run(350, 449));
  assert.deepEqual(sequences(older.passage.messages), sequences(run(350, 649)));
  assert.equal(older.passage.hasStart, false);
  assert.equal(withOlderPassagePage(older, []).passage.hasStart, true);
});

test("a passage that meets the newest messages is one timeline with them", () => {
  const touching = withPassagePage({ ...newest, passage: newPassage(850) }, run(801, 900), 800);
  assert.equal(touching.passage, null);
  assert.deepEqual(sequences(touching.messages), sequences(run(801, 1000)));
  const apart = withPassagePage({ ...newest, passage: newPassage(849) }, run(800, 899), 799);
  assert.deepEqual(sequences(apart.passage.messages), sequences(run(800, 899)));
});

test("a newest page that arrives after the passage joins it too, and keeps it where they do not meet", () => {
  const early = withPassagePage({ ...EMPTY_TIMELINE, passage: newPassage(950) }, run(900, 999), 899);
  assert.notEqual(early.passage, null);
  const both = joined(withNewestPage(early, run(901, 1000)));
  assert.deepEqual([both.passage, both.messages.length], [null, 101]);
  assert.equal(joined(withNewestPage(at500, run(1001, 1100))).passage, at500.passage);
});

test("what is out of date takes the passage along", () => {
  assert.equal(withNewestPage({ ...at500, isStale: true }, run(901, 1000)).passage, null);
});

test("a history that begins after the page's beginning has its start there", () => {
  const hidden = withPassagePage({ ...newest, passage: newPassage(10) }, run(31, 130), 0);
  assert.equal(hidden.passage.hasStart, true);
  assert.equal(withPassagePage({ ...newest, passage: newPassage(10) }, run(1, 100), 0).passage.hasStart, false);
});

test("a message that does not exist shows the latest ones", () => {
  assert.equal(withPassagePage({ ...newest, passage: newPassage(5000) }, [], 4949).passage, null);
});

test("a change of a message in the passage is taken, and others are not", () => {
  const edited = withPassageMessage(at500.passage, message(500, { revision: 2000, content: "edited" }));
  assert.equal(edited.messages[50].content, "edited");
  assert.equal(withPassageMessage(at500.passage, message(1001)), at500.passage);
  assert.equal(withPassageMessage(newPassage(5), message(5)).messages.length, 0);
});

test("a message is found in what is loaded, unless that is out of date", () => {
  assert.equal(hasMessage(newest, 950), true);
  assert.equal(hasMessage(newest, 900), false);
  assert.equal(hasMessage({ ...newest, isStale: true }, 950), false);
});

test("a conversation is found by its number: a group by its id, a private one by its messages", () => {
  const last = message(3, { messageId: "12-3" });
  const known = new Map([
    ["g:7", { key: "g:7", group: true, lastMessage: null }],
    ["u:bob", { key: "u:bob", group: false, lastMessage: last }],
    ["u:eve", { key: "u:eve", group: false, lastMessage: null }],
  ]);
  assert.deepEqual(["7", "12", "1", "2"].map((number) => keyOfNumber(number, known)), ["g:7", "u:bob", null, null]);
});
