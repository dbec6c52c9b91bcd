import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { fromStorage, isLastWord, merged, toStorage, UNKNOWN_DRAFT } = await load("models/draft.js");

test("two texts that were typed apart are both kept, unless one contains the other", () => {
  assert.equal(merged("on the laptop", "on the phone"), "on the phone\non the laptop");
  assert.equal(merged("half a sentence", "half a"), "half a sentence");
  assert.equal(merged("half a", "half a sentence"), "half a sentence");
  assert.equal(merged("", "on the phone"), "on the phone");
  assert.equal(merged("on the laptop", ""), "on the laptop");
});

test("a draft that an earlier version stored is unsaved, and nothing is stored of nothing", () => {
  assert.deepEqual(fromStorage("half a"), { text: "half a", known: 0, isStored: false, isUnsaved: true });
  const draft = { ...UNKNOWN_DRAFT, text: "half a" };
  assert.equal(fromStorage(toStorage(draft)), draft);
  assert.equal(toStorage({ ...UNKNOWN_DRAFT, text: "" }), undefined);
  assert.notEqual(toStorage({ ...UNKNOWN_DRAFT, text: "", isUnsaved: true }), undefined);
});

test("only what would be refused again is not tried again", () => {
  assert.deepEqual(["offline", "timeout", "unavailable", "invalid_input", "not_a_member"].map(isLastWord), [false, false, false, true, true]);
});
