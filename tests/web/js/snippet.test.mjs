import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { snippetOf } = await load("models/snippet.js");
const drawn = (pieces) => pieces.map(({ text, isMark }) => (isMark ? `[${text}]` : text)).join("");

test("a short message is shown whole, with its matches marked", () => {
  assert.equal(drawn(snippetOf("the café is open", [[4, 8], [12, 16]])), "the [café] is [open]");
  assert.equal(drawn(snippetOf("nothing to mark", [])), "nothing to mark");
});

test("of a long message the part around the first match is shown", () => {
  const content = `${"before ".repeat(50)}match${" after".repeat(50)}`;
  const shown = drawn(snippetOf(content, [[350, 355]]));
  assert.match(shown, /^…before (before )*\[match\] after/u);
  assert.match(shown, /…$/u);
  assert.ok(shown.length < 220, String(shown.length));
});

test("a match that reaches beyond the part is marked as far as it is shown", () => {
  const shown = snippetOf("x".repeat(500), [[0, 500]]);
  assert.deepEqual(shown, [{ text: "x".repeat(200), isMark: true }, { text: "…", isMark: false }]);
});

test("a snippet is one line without bidi controls", () => {
  assert.equal(drawn(snippetOf("one\n\ntwo \u202ethree", [[5, 8]])), "one [two] three");
});
