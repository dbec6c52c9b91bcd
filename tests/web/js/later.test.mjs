import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load } from "./support.mjs";

const store = await load("store.js");
const changes = await load("changes.js");
const { fieldsOf, momentOf, presetsAt } = await load("views/dialogs/latertimes.js");

const answer = (...found) => ({ userRevision: 9, more: false, gone: [], conversations: [], changes: found });
const saved = (userRevision, isSaved) => ({ kind: "saved", userRevision, saved: { messageId: "1-2", saved: isSaved, userRevision } });
const scheduled = (userRevision, gone) => ({ receiver: "bob", group: false, kind: "scheduled", userRevision, scheduled: { clientId: "a", receiver: "bob", group: false, gone, userRevision } });

beforeEach(() => {
  store.clear();
  store.session.value = { status: "signedIn", username: "alice", reason: "" };
});

test("the presets are an hour from now, and nine in the morning of tomorrow and of next Monday", () => {
  const monday = new Date(2026, 7, 31, 23, 30);
  const presets = presetsAt(monday);
  assert.equal(presets.hour - monday, 3_600_000);
  assert.deepEqual(presets.tomorrow, new Date(2026, 8, 1, 9));
  assert.deepEqual(presets.monday, new Date(2026, 8, 7, 9));
  assert.deepEqual(presetsAt(new Date(2026, 8, 6, 1)).monday, new Date(2026, 8, 7, 9));
  assert.deepEqual(presetsAt(new Date(2026, 8, 5, 1)).tomorrow, new Date(2026, 8, 6, 9));
});

test("the fields are in local time, and lead back to the moment", () => {
  const moment = new Date(2026, 0, 3, 4, 5);
  assert.deepEqual(fieldsOf(moment), { date: "2026-01-03", time: "04:05" });
  assert.deepEqual(momentOf(fieldsOf(moment)), moment);
  assert.equal(momentOf({ date: "", time: "04:05" }), null);
  assert.equal(momentOf({ date: "2026-01-03", time: "" }), null);
});

test("of two states of a saved or scheduled message the newer one stays", () => {
  changes.takeSync(answer(saved(3, true), scheduled(4, false)));
  assert.ok(store.saved.value.get("1-2").saved);
  assert.equal(store.scheduled.value.get("a").gone, false);
  changes.takeSync(answer(saved(7, false), scheduled(8, true)));
  changes.takeSync(answer(saved(3, true), scheduled(4, false)));
  assert.equal(store.saved.value.get("1-2").saved, false);
  assert.equal(store.scheduled.value.get("a").gone, true);
  store.clear();
  assert.equal(store.saved.value.size + store.scheduled.value.size, 0);
});

test("an event about them is taken only in its order", () => {
  store.userRevision.value = 2;
  assert.ok(changes.takeEvent(saved(3, true)));
  assert.equal(changes.takeEvent(scheduled(5, false)), false, "one before it is missing");
  assert.equal(store.userRevision.value, 3);
});
