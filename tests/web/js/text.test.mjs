import assert from "node:assert/strict";
import { test } from "node:test";
import { load, speaking } from "./support.mjs";

await speaking("en");
const { bytesLeft, contentOf, groupNameProblem, isBlank, isDescriptionLong, isTopicLong } = await load("models/text.js");
const { dayName, shortMoment } = await load("models/time.js");

test("newlines are newlines, and control characters are left out", () => {
  assert.equal(contentOf("a\r\nb\rc\u0000\u001b\u0085\td"), "a\nb\nc\td");
});

test("the limit counts bytes, as the server does", () => {
  assert.equal(bytesLeft("x".repeat(65_536)), 0);
  assert.equal(bytesLeft("é".repeat(32_768)), 0);
  assert.ok(bytesLeft("😀".repeat(16_385)) < 0);
});

test("white space alone is nothing to send", () => {
  assert.ok(isBlank(" \n\t"));
});

/** One of each kind: separators, controls, format characters, fillers, variation selectors, tags. */
const INVISIBLE = ["", " ", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000", "\t", "\u0007", "\u0085",
  "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180c", "\u180d", "\u180e", "\u180f", "\u200b",
  "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2064", "\u2066", "\u2069", "\u206a", "\u2800", "\u3164",
  "\ufe00", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\u{1d173}", "\u{e0001}", "\u{e0020}", "\u{e007f}", "\u{e0100}", "\u{e01ef}", "\u{e0fff}"];

test("what shows nothing is nothing to send, and no name for a group", () => {
  for (const character of [...INVISIBLE, INVISIBLE.join("")]) {
    assert.ok(isBlank(character), JSON.stringify(character));
    assert.equal(groupNameProblem(character), "empty", JSON.stringify(character));
  }
});

test("whatever shows something can be sent, with what is invisible in it", () => {
  for (const text of [".", "\u200bx", "\u0301", "\u2801", "❤\ufe0f", "👩\u200d🚀", "🏴\u{e0067}\u{e0062}\u{e007f}", "ㅤ한", "\u17b6"]) {
    assert.ok(!isBlank(text), JSON.stringify(text));
  }
});

test("a group's name has 1 to 100 characters", () => {
  assert.equal(groupNameProblem("  "), "empty");
  assert.equal(groupNameProblem("😀".repeat(100)), null);
  assert.equal(groupNameProblem("x".repeat(101)), "long");
});

test("a topic has 250 characters at most, and a description 2,000, without the space around them", () => {
  assert.deepEqual([isTopicLong(` ${"😀".repeat(250)} `), isTopicLong("x".repeat(251))], [false, true]);
  assert.deepEqual([isDescriptionLong(`\n${"😀".repeat(2_000)}`), isDescriptionLong("x".repeat(2_001))], [false, true]);
});

test("days have the names that people use", () => {
  const now = new Date(2026, 2, 10, 12);
  assert.equal(dayName(new Date(2026, 2, 10, 1).toISOString(), now), "Today");
  assert.equal(dayName(new Date(2026, 2, 9, 23).toISOString(), now), "Yesterday");
  assert.match(dayName(new Date(2025, 11, 24).toISOString(), now), /2025/u);
  assert.equal(shortMoment(new Date(2026, 2, 9).toISOString(), now), "Yesterday");
});
