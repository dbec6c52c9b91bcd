import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { beginningOf, isEmojiOnly } = await load("models/richtext.js");

test("a few emoji and nothing else are set large", () => {
  assert.ok(isEmojiOnly("🎉"));
  assert.ok(isEmojiOnly("👩‍👩‍👧‍👦 ❤️"));
  assert.ok(!isEmojiOnly("🎉🎉🎉🎉"));
  assert.ok(!isEmojiOnly("1"));
  assert.ok(!isEmojiOnly("ok 👍"));
});

test("a very long message has a beginning, a short one does not", () => {
  assert.equal(beginningOf("short\nand sweet"), null);
  assert.equal(beginningOf("x\n".repeat(100)), `${"x\n".repeat(39)}x`);
  assert.equal(beginningOf("x".repeat(10_000)).length, 4_000);
});

test("a beginning does not show what a spoiler hides", () => {
  assert.equal(beginningOf(`so ||${"x".repeat(5_000)}||`), "so ");
  assert.equal(beginningOf(`||${"x".repeat(5_000)}||`), "…");
  assert.equal(beginningOf(`||a|| ${"x".repeat(5_000)}`).length, 4_000);
});
