import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { emptyConversation } = await load("models/conversation.js");
const { filterLines, linesOf } = await load("models/list.js");
const { folded, initials, matches } = await load("models/names.js");
const { newEntry } = await load("models/outbox.js");

const person = (name, changes = {}) => ({ ...emptyConversation(name, false), ...changes });
const names = (lines) => lines.map((line) => line.conversation.name);

test("what happened last comes first, people without a message come by name", () => {
  const early = person("carol", { lastMessage: message(1, { timestamp: "2026-03-01T00:00:00Z" }) });
  const late = person("dave", { lastMessage: message(1, { timestamp: "2026-03-02T00:00:00Z" }) });
  const group = { ...emptyConversation("7", true), name: "club", createdAt: "2026-03-01T12:00:00Z" };
  assert.deepEqual(names(linesOf([person("zoe"), early, person("bob"), group, late], [], new Map())), ["dave", "club", "carol", "bob", "zoe"]);
});

test("an unsent message of mine is what happened last", () => {
  const talked = person("carol", { lastMessage: message(1) });
  const entry = newEntry("alice", "u:bob", "hi", "2026-03-11T12:00:00Z");
  const lines = linesOf([talked, person("bob")], [entry], new Map());
  assert.deepEqual(names(lines), ["bob", "carol"]);
  assert.equal(lines[0].pending, entry);
});

test("searching ignores case and accents, and finds the beginning of any word", () => {
  const lines = linesOf([person("Dávid Kovács"), person("Bob Okafor")], [], new Map());
  assert.deepEqual(names(filterLines(lines, "KOV dav")), ["Dávid Kovács"]);
  assert.deepEqual(names(filterLines(lines, "fo")), []);
  assert.equal(filterLines(lines, "  "), lines);
});

test("2,000 people are ordered and searched within a frame or two", () => {
  const everybody = Array.from({ length: 2_000 }, (_, index) => person(`person ${index}`));
  const startedAt = performance.now();
  filterLines(linesOf(everybody, [], new Map()), "person 19");
  assert.ok(performance.now() - startedAt < 200);
});

test("initials are letters as people see them", () => {
  assert.equal(initials("Alice Hartmann"), "AH");
  assert.equal(initials("bob"), "B");
  assert.equal(initials("👩‍👧 Team"), "👩‍👧T");
  assert.equal(initials("  "), "?");
});

test("an empty search matches everything", () => {
  assert.ok(matches(folded("Anything"), ""));
});
