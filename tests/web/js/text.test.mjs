import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { bytesLeft, contentOf, groupNameProblem, isBlank } = await load("models/text.js");
const { dayName, shortMoment } = await load("models/time.js");

test("newlines are newlines, and control characters are left out", () => {
  assert.equal(contentOf("a\r\nb\rc\u0000\u001b\td"), "a\nb\nc\td");
});

test("the limit counts bytes, as the server does", () => {
  assert.equal(bytesLeft("x".repeat(65_536)), 0);
  assert.equal(bytesLeft("é".repeat(32_768)), 0);
  assert.ok(bytesLeft("😀".repeat(16_385)) < 0);
});

test("white space alone is nothing to send", () => {
  assert.ok(isBlank(" \n\t"));
});

test("a group's name has 1 to 100 characters", () => {
  assert.equal(groupNameProblem("  "), "empty");
  assert.equal(groupNameProblem("😀".repeat(100)), null);
  assert.equal(groupNameProblem("x".repeat(101)), "long");
});

test("days have the names that people use", () => {
  const now = new Date(2026, 2, 10, 12);
  assert.equal(dayName(new Date(2026, 2, 10, 1).toISOString(), now), "Today");
  assert.equal(dayName(new Date(2026, 2, 9, 23).toISOString(), now), "Yesterday");
  assert.match(dayName(new Date(2025, 11, 24).toISOString(), now), /2025/u);
  assert.equal(shortMoment(new Date(2026, 2, 9).toISOString(), now), "Yesterday");
});
