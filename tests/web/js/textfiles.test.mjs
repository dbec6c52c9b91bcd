import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { beginningLines, languageOf } = await load("models/textfiles.js");

test("the first lines of a text are shown, and less of very long ones", () => {
  assert.equal(beginningLines("a\nb"), "a\nb");
  const many = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");
  assert.ok(beginningLines(many).endsWith("line 11\n…"));
  const long = beginningLines("😀".repeat(5_000));
  assert.equal([...long].length, 2_001);
  assert.ok(long.isWellFormed());
});

test("the ending of a name tells the language, and texts that are no code have none", () => {
  assert.deepEqual(["a.py", "a.H", "b.yml", "c.txt", "LICENSE", "d.tar.json"].map(languageOf), ["py", "c", "yaml", "", "", "json"]);
});
