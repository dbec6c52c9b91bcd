/** The catalogues of sentences: whole in every language, and each sentence in the part that is loaded when it is needed. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse, TYPE } from "../../../chatapp/web/node_modules/@formatjs/icu-messageformat-parser/index.js";
import { catalogue, load, ROOT, speaking } from "./support.mjs";

const LOCALES = new URL("../locales/", ROOT);
const LATER = ["views/dialogs/", "views/setup/", "views/reset/", "pasting/", "polls/", "linkpreviews/", "voice/"];

const codes = readdirSync(LOCALES).filter((name) => !name.endsWith(".later.json")).map((name) => name.replace(".json", ""));
const others = codes.filter((code) => code !== "en");
const PARTS = ["", ".later"];

/** @param {any} value @param {string} path @returns {[string, string][]} every text in it, with its place */
function textsIn(value, path = "") {
  if (typeof value === "string") return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, path ? `${path}.${key}` : key));
}

/** @param {any[]} elements of a parsed message @param {(element: any) => void} see */
function walk(elements, see) {
  for (const element of elements) {
    see(element);
    for (const { value } of Object.values(element.options ?? {})) walk(value, see);
  }
}

/** @param {string} text @returns {string[]} the arguments with their types, in alphabetical order */
function argumentsOf(text) {
  /** @type {Set<string>} */
  const found = new Set();
  walk(parse(text, { ignoreTag: true }), ({ type, value }) => {
    if (type === TYPE.argument) found.add(value);
    if (type === TYPE.number || type === TYPE.plural) found.add(`${value}: number`);
    assert.ok([TYPE.literal, TYPE.argument, TYPE.number, TYPE.plural, TYPE.pound].includes(type), `${text} uses what no handler is there for`);
  });
  return [...found].sort();
}

/** @param {string} text @returns {string[][]} the cases of each plural in it */
function pluralsOf(text) {
  /** @type {string[][]} */
  const found = [];
  walk(parse(text, { ignoreTag: true }), ({ type, options }) => type === TYPE.plural && found.push(Object.keys(options).filter((one) => !one.startsWith("=")).sort()));
  return found;
}

for (const part of PARTS) {
  const english = new Map(textsIn(catalogue(`en${part}`)));
  for (const code of others) {
    test(`${code}${part} has every sentence, and no other`, () => {
      assert.deepEqual(Object.keys(catalogue(code + part)), Object.keys(catalogue(`en${part}`)), "The same order as in English, so that they are easy to compare");
      const found = new Map(textsIn(catalogue(code + part)));
      assert.deepEqual([...found.keys()], [...english.keys()]);
      for (const [path, text] of found) {
        assert.deepEqual(argumentsOf(text), argumentsOf(/** @type {string} */ (english.get(path))), path);
        assert.equal(text === "", english.get(path) === "", path);
        assert.equal(text, text.trim(), path);
      }
    });
  }
}

for (const code of codes) {
  test(`plurals in ${code} have the forms that the language has`, () => {
    const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories.toSorted();
    for (const part of PARTS) {
      for (const [path, text] of textsIn(catalogue(code + part))) {
        for (const cases of pluralsOf(text)) assert.ok(cases.join() === forms.join() || cases.join() === "other" && !/#/u.test(text.replace(/other \{[^}]*\}/u, "")), `${path}: ${cases}`);
      }
    }
  });
}

test("only sentences at the top have arguments, and those that the declaration names", () => {
  const declared = new Map(declaredArguments());
  const texts = PARTS.flatMap((part) => textsIn(catalogue(`en${part}`)));
  for (const [path, text] of texts) assert.deepEqual(argumentsOf(text), declared.get(path) ?? [], path);
  const paths = texts.map(([path]) => path);
  for (const name of declared.keys()) assert.ok(paths.includes(name), `${name} is declared, and no sentence`);
});

/** @returns {[string, string[]][]} what sentences.d.ts says */
function declaredArguments() {
  const text = readFileSync(new URL("sentences.d.ts", ROOT), "utf8");
  const shared = new Map([...text.matchAll(/^type (\w+) = \{(.*)\};$/gmu)].map(([, name, fields]) => [name, fields]));
  const body = /interface Arguments \{\n([\s\S]*?)\n\}/u.exec(text)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(\w+): (.*);$/gmu)].map(([, name, type]) => [name, fieldsOf(type.split(" & ").map((one) => shared.get(one) ?? one).join(";"))]);
}

/** @param {string} text such as "{ count: number; name: string }" */
function fieldsOf(text) {
  return [...text.matchAll(/(\w+): (string|number)/gu)].map(([, name, type]) => (type === "number" ? `${name}: number` : name)).sort();
}

test("every sentence is used, and is loaded with what uses it first", () => {
  /** @type {Map<string, boolean>} */
  const isEarly = new Map();
  for (const file of modules()) {
    const isLate = LATER.some((folder) => file.startsWith(folder));
    for (const [, name] of readFileSync(new URL(file, ROOT), "utf8").matchAll(/\bsay\.(\w+)/gu)) isEarly.set(name, isEarly.get(name) || !isLate);
  }
  for (const [, names] of readFileSync(new URL("views/dialogs/shortcuts.js", ROOT), "utf8").matchAll(/const \{ (.*) \} = say;/gu)) {
    for (const name of names.split(", ")) isEarly.set(name.split(":")[0], isEarly.get(name.split(":")[0]) ?? false);
  }
  // Refusals, which come after the page has been drawn, and have a general sentence until then.
  isEarly.set("errors", false);
  const early = Object.keys(catalogue("en")).filter((name) => !name.startsWith("page"));
  const wanted = (/** @type {boolean} */ wants) => [...isEarly].filter(([, is]) => is === wants).map(([name]) => name).sort();
  assert.deepEqual(early.sort(), wanted(true));
  assert.deepEqual(Object.keys(catalogue("en.later")).sort(), wanted(false));
});

/** @returns {string[]} the modules that are no sentences themselves */
function modules() {
  const all = /** @type {string[]} */ (readdirSync(ROOT, { recursive: true }));
  return all.filter((name) => name.endsWith(".js") && name !== "service-worker.js");
}

test("a sentence that a language lacks is said in English", async () => {
  const { speak, say } = await load("strings.js");
  speak({ locale: "de", direction: "ltr", sentences: { ...catalogue("en"), cancel: "Abbrechen" } });
  assert.equal(say.cancel, "Abbrechen");
  assert.equal(say.close, "Close");
  await speaking("en");
});

test("numbers, plurals and lists are those of the language", async () => {
  const { badgeText, listOf, say } = await speaking("en");
  assert.equal(say.members({ count: 1 }), "1 member");
  assert.equal(say.members({ count: 1_234 }), "1,234 members");
  assert.equal(say.groupPicked({ count: 0 }), "Nobody picked yet");
  assert.equal(say.tooLong({ count: 1, most: 65_536 }), "Too long by 1 byte. Messages may have 65,536 bytes.");
  assert.equal(listOf(["Ann", "Bob"], 3), "Ann, Bob, and 3 others");
  assert.equal(badgeText(99), "99");
  assert.equal(badgeText(100), "99+");
});

test("a name with braces stays a name", async () => {
  const { say } = await speaking("en");
  assert.equal(say.notifyGroup({ name: "{group}", group: "{count, plural}" }), "{group} in {count, plural}");
});

test("the constants of the protocol are those that its declaration names", async () => {
  const protocol = await load("protocol.js");
  const text = readFileSync(new URL("protocol.d.ts", ROOT), "utf8");
  const declared = [...text.matchAll(/^export const (\w+): (.*);$/gmu)];
  assert.deepEqual(declared.map(([, name]) => name).sort(), Object.keys(protocol).sort());
  for (const [, name, type] of declared.filter(([, , found]) => found.startsWith("Names<"))) {
    assert.deepEqual([...type.matchAll(/"(\w+)"/gu)].map(([, key]) => key), Object.keys(protocol[name]), name);
  }
});

test("Arabic has its six forms, German and Chinese theirs", async () => {
  const { say } = await speaking("ar", "rtl");
  const said = [0, 1, 2, 3, 11, 100].map((count) => say.members({ count }).replace(/[\d٠-٩]+/u, "#"));
  assert.deepEqual(said, ["لا أعضاء", "عضو واحد", "عضوان", "# أعضاء", "# عضوًا", "# عضو"]);
  await speaking("de");
  assert.deepEqual([1, 2_000].map((count) => say.members({ count })), ["1 Mitglied", "2.000 Mitglieder"]);
  await speaking("zh-Hans");
  assert.deepEqual([1, 2].map((count) => say.members({ count })), ["1 位成员", "2 位成员"]);
  await speaking("en");
});

test("days and times are those of the language", async () => {
  const { dayName, momentInWords } = await load("models/time.js");
  await speaking("de");
  const now = new Date(2026, 2, 10, 15, 0);
  assert.equal(momentInWords(new Date(2026, 2, 10, 14, 3).toISOString(), now), "heute um 14:03");
  assert.equal(dayName(new Date(2026, 2, 8).toISOString(), now), "Sonntag, 8. März");
  await speaking("zh-Hans");
  assert.equal(dayName(new Date(2026, 2, 8).toISOString(), now), "3月8日星期日");
  await speaking("en");
});
