import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { continueLine, makeLink, toggleCode, toggleItalic, toggleLines, toggleMark } = await load("models/formatting.js");

/** `«` and `»` of the drawing are around what is selected, `¦` is the caret. */
function fieldOf(drawing) {
  const text = drawing.replace(/[«»¦]/gu, "");
  const caret = drawing.indexOf("¦");
  if (caret !== -1) return { text, start: caret, end: caret };
  return { text, start: drawing.indexOf("«"), end: drawing.indexOf("»") - 1 };
}

function drawn({ text }, { from, to, insert, start, end }) {
  const result = text.slice(0, from) + insert + text.slice(to);
  return start === end ? `${result.slice(0, start)}¦${result.slice(start)}` : `${result.slice(0, start)}«${result.slice(start, end)}»${result.slice(end)}`;
}

const after = (change, drawing, ...more) => drawn(fieldOf(drawing), change(fieldOf(drawing), ...more));
const bold = (field) => toggleMark(field, "**");

test("marks go around what is selected, and away again", () => {
  assert.equal(after(bold, "a «b» c"), "a **«b»** c");
  assert.equal(after(bold, "a **«b»** c"), "a «b» c");
  assert.equal(after(bold, "a «**b**» c"), "a «b» c");
  assert.equal(after(bold, "a« b »c"), "a **«b»** c");
  assert.equal(after(bold, "a ¦"), "a **¦**");
  assert.equal(after(bold, "a **¦**"), "a ¦");
  assert.equal(after(bold, "¦x"), "**¦**x");
});

test("each paragraph gets its own marks", () => {
  assert.equal(after(bold, "«a\n\nb»"), "«**a**\n\n**b**»");
  assert.equal(after(bold, "«**a**\n\n**b**»"), "«a\n\nb»");
  assert.equal(after(bold, "«a\nb»"), "**«a\nb»**");
});

test("italic is an underscore, and within a word a star", () => {
  assert.equal(after(toggleItalic, "a «b»"), "a _«b»_");
  assert.equal(after(toggleItalic, "a _«b»_"), "a «b»");
  assert.equal(after(toggleItalic, "a«b»c"), "a*«b»*c");
  assert.equal(after(toggleItalic, "a*«b»*c"), "a«b»c");
  assert.equal(after(toggleItalic, "**«b»**"), "**_«b»_**");
});

test("one line becomes code, several become a block", () => {
  assert.equal(after(toggleCode, "«a»"), "`«a»`");
  assert.equal(after(toggleCode, "«a`b»"), "``«a`b»``");
  assert.equal(after(toggleCode, "x «a\nb»"), "x \n```¦\na\nb\n```\n");
  assert.equal(after(toggleCode, "«```\na\n```»"), "````¦\n```\na\n```\n````\n");
});

test("words become a link's words, an address its address", () => {
  assert.equal(after(makeLink, "«a» b"), "[a](«https://») b");
  assert.equal(after(makeLink, "«a» b", "https://example.org"), "[a](https://example.org)¦ b");
  assert.equal(after(makeLink, "«https://example.org»"), "[¦](https://example.org)");
  assert.equal(after(makeLink, "¦"), "[¦](https://)");
  assert.equal(after(makeLink, "«a[1]»", "https://example.org"), "[a\\[1\\]](https://example.org)¦");
});

test("lists and quotes begin every selected line", () => {
  assert.equal(after(toggleLines, "a\nb«c\nd»e", "- "), "a\n«- bc\n- de»");
  assert.equal(after(toggleLines, "«- a\n\n- b»", "- "), "«a\n\nb»");
  assert.equal(after(toggleLines, "a¦b", "> "), "> a¦b");
  assert.equal(after(toggleLines, "> ¦", "> "), "¦");
  assert.equal(after(toggleLines, "¦", "- "), "- ¦");
});

test("a new line goes on with a list, a quote or a block of code", () => {
  const next = (drawing) => {
    const edit = continueLine(fieldOf(drawing));
    return edit && drawn(fieldOf(drawing), edit);
  };
  assert.equal(next("- a¦"), "- a\n- ¦");
  assert.equal(next("  9. a¦b"), "  9. a\n  10. ¦b");
  assert.equal(next("> a¦"), "> a\n> ¦");
  assert.equal(next("> > a¦"), "> > a\n> > ¦");
  assert.equal(next("- a\n- ¦"), "- a\n¦");
  assert.equal(next("> ¦"), "¦");
  assert.equal(next("```\n  a¦"), "```\n  a\n  ¦");
  assert.equal(next("```\n- a¦"), "```\n- a\n¦");
  assert.equal(next("```\na\n```\n- b¦"), "```\na\n```\n- b\n- ¦");
  assert.equal(next("a¦"), null);
  assert.equal(next("¦- a"), null);
});
