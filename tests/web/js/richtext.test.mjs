import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { beginningOf, isEmojiOnly, partsOf, previewOf } = await load("models/richtext.js");
const links = (content) => partsOf(content).filter((part) => part.type === "link").map((part) => part.href);

test("an address becomes a link, and the text around it stays", () => {
  assert.deepEqual(partsOf("see https://example.org/a?b=c now"), [
    { type: "text", text: "see " },
    { type: "link", text: "https://example.org/a?b=c", href: "https://example.org/a?b=c" },
    { type: "text", text: " now" },
  ]);
});

test("the end of a sentence is not part of an address, and balanced brackets are", () => {
  assert.deepEqual(links("Look: https://example.org/x."), ["https://example.org/x"]);
  assert.deepEqual(links("(https://example.org/a_(b))"), ["https://example.org/a_(b)"]);
  assert.deepEqual(links("https://example.org/?!"), ["https://example.org/"]);
});

test("only http and https become links", () => {
  for (const content of ["javascript:alert(1)", "data:text/html,<script>1</script>", "file:///etc/passwd", "vbscript:x", "JaVaScRiPt://x%0aalert(1)", "ftp://x.org"]) {
    assert.deepEqual(links(content), [], content);
  }
});

test("an address that hides where it leads does not become a link", () => {
  assert.deepEqual(links("https://bank.example@evil.example/"), []);
  assert.deepEqual(links("https://exa\u202emple.org"), ["https://exa"]);
});

test("markup in an address ends it", () => {
  assert.deepEqual(links('https://example.org/"onmouseover="x'), ["https://example.org/"]);
  assert.deepEqual(links("https://example.org/<script>"), ["https://example.org/"]);
});

test("backticks set code, and nothing in code becomes a link", () => {
  assert.deepEqual(partsOf("use `https://example.org` here"), [
    { type: "text", text: "use " },
    { type: "code", text: "https://example.org" },
    { type: "text", text: " here" },
  ]);
  assert.deepEqual(partsOf("```js\nlet a = 1;\n```"), [{ type: "block", text: "let a = 1;" }]);
  assert.deepEqual(partsOf("a ` b"), [{ type: "text", text: "a ` b" }]);
});

test("the parts of a text are the whole text", () => {
  const content = "<b>x</b>\n\nhttps://a.example, & https://b.example) \u202e end";
  assert.equal(partsOf(content).map((part) => part.text).join(""), content);
});

test("the longest message of the worst kind is taken apart in no time", () => {
  for (const piece of ["`", "(", "https://a.b/(", "```", "https://", ")))...", "a@"]) {
    const startedAt = performance.now();
    partsOf(piece.repeat(Math.floor(65_536 / piece.length)));
    assert.ok(performance.now() - startedAt < 1_000, `${piece} took ${performance.now() - startedAt} ms`);
  }
});

test("a few emoji and nothing else are set large", () => {
  assert.ok(isEmojiOnly("🎉"));
  assert.ok(isEmojiOnly("👩‍👩‍👧‍👦 ❤️"));
  assert.ok(!isEmojiOnly("🎉🎉🎉🎉"));
  assert.ok(!isEmojiOnly("1"));
  assert.ok(!isEmojiOnly("ok 👍"));
});

test("a preview is one line", () => {
  assert.equal(previewOf("one\n  two `three`"), "one two three");
});

test("a very long message has a beginning, a short one does not", () => {
  assert.equal(beginningOf("short\nand sweet"), null);
  assert.equal(beginningOf("x\n".repeat(100)), `${"x\n".repeat(39)}x`);
  assert.equal(beginningOf("x".repeat(10_000)).length, 4_000);
});
