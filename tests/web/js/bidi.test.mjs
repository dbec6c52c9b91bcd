import assert from "node:assert/strict";
import { test } from "node:test";
import { load, speaking } from "./support.mjs";

const { codePointOf, isolated, runsOf, withoutControls } = await load("models/bidi.js");
const { folded, fullName, initials } = await load("models/names.js");
const { say } = await speaking("en");

const CONTROLS = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"];
const MARKS = ["\u200e", "\u200f", "\u061c"];

test("what would change the order of a text is found, wherever it is", () => {
  for (const control of CONTROLS) {
    assert.equal(withoutControls(`a${control}b`), "ab", codePointOf(control));
    assert.deepEqual(runsOf(`a${control}${control}b`), [
      { text: "a", isControl: false },
      { text: control, isControl: true },
      { text: control, isControl: true },
      { text: "b", isControl: false },
    ]);
  }
});

test("marks move no letter, and stay", () => {
  for (const mark of MARKS) {
    assert.equal(withoutControls(`a${mark}b`), `a${mark}b`);
    assert.deepEqual(runsOf(`a${mark}b`), [{ text: `a${mark}b`, isControl: false }]);
  }
});

test("the runs of a text are the whole text", () => {
  for (const text of ["", "plain", "\u202e", `x${CONTROLS.join("y")}z`, "\u2069שלום\u202e"]) {
    assert.equal(runsOf(text).map((run) => run.text).join(""), text);
  }
});

test("in a sentence, text from right to left stands alone, and other text as it is", () => {
  assert.equal(isolated("Alice"), "Alice");
  for (const text of ["שלום", "Alice (אליס)", "مرحبا", "\u{1e900}"]) assert.equal(isolated(text), `\u2068${text}\u2069`);
});

test("no name leaves its place in a sentence", () => {
  assert.equal(isolated("\u2069\u202eevil"), "evil");
  assert.equal(isolated("שלום\n\u2029עולם"), "\u2068שלום עולם\u2069");
  assert.equal(say.notifyGroup({ name: "\u202egnp.exe", group: "קבוצה" }), "gnp.exe in \u2068קבוצה\u2069");
  assert.equal(say.announceMessage({ name: "דנה", text: "hello" }), "\u2068דנה\u2069: hello");
});

test("in a page from right to left, everything that is put into a sentence stands alone", async () => {
  const { say: said } = await speaking("en", "rtl");
  assert.equal(said.pinnedBy({ name: "Alice" }), "Pinned by \u2068Alice\u2069");
  assert.equal(said.pinnedBy({ name: "\u2069\u202eevil" }), "Pinned by \u2068evil\u2069");
  assert.equal(said.members({ count: 2 }), "2 members");
  await speaking("en");
});

test("names and previews hold nothing that changes their order, and are found without it", () => {
  const user = { firstName: "\u202eMal", lastName: "lory\u2069", username: "mallory" };
  assert.equal(fullName(user), "Mal lory");
  assert.equal(initials("\u202eWeekend plans"), "WP");
  assert.equal(folded("al\u202eice"), "alice");
});

test("somebody whose name shows nothing goes by the username", () => {
  assert.equal(fullName({ firstName: "\u200b", lastName: "\u3164", username: "mallory" }), "mallory");
  assert.equal(fullName({ firstName: "\u202e", lastName: "", username: "mallory" }), "mallory");
});

test("a character's number is written as Unicode writes it", () => {
  assert.equal(codePointOf("\u202e"), "U+202E");
  assert.equal(codePointOf("\u{1e900}"), "U+1E900");
});

test("a name that looks like another person's has the username behind it", () => {
  const user = { firstName: "Alice", lastName: "Ardern", username: "alice2", hasNamesake: true };
  assert.equal(fullName(user), "Alice Ardern (@alice2)");
  assert.equal(fullName({ ...user, hasNamesake: false }), "Alice Ardern");
  assert.equal(initials(fullName(user)), "AA");
  assert.equal(fullName({ ...user, firstName: "", lastName: "" }), "alice2");
});

test("a name cannot pretend to have the mark of another person", () => {
  for (const at of ["@", "＠", "﹫"]) {
    const user = { firstName: "Alice", lastName: `Ardern (${at}alice)`, username: "mallory" };
    assert.equal(fullName(user), `Alice Ardern (${at}alice) (@mallory)`);
  }
});

test("the mark of a name that runs from right to left keeps its order", () => {
  const name = fullName({ firstName: "אליס", lastName: "", username: "alice2", hasNamesake: true });
  assert.equal(name, "אליס \u200e(@alice2)\u200e");
  assert.equal(initials(name), "א");
});
