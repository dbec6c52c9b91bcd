import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load } from "./support.mjs";

const store = await load("store.js");
const { takePeople, takeProfile } = await load("changes.js");
const { timeIn } = await load("models/time.js");

const bob = { firstName: "Bob", lastName: "", username: "bob", isOnline: false };
const profile = (profileRevision, more = {}) => ({ username: "bob", firstName: "Bob", lastName: "", statusText: "", timeZone: "", picture: null, profileRevision, ...more });
const shown = () => store.people.value.get("bob");

beforeEach(() => {
  store.clear();
  takePeople([bob]);
});

test("a changed profile is shown wherever the person is", () => {
  assert.ok(takeProfile(profile(1, { firstName: "Robert", statusText: "busy", picture: "abc" })));
  assert.deepEqual([store.nameOf("bob"), shown().statusText, shown().picture], ["Robert", "busy", "abc"]);
  assert.equal(store.conversationOf("u:bob").name, "Robert");
});

test("a list that was made before the event changes nothing back, but who is online", () => {
  takeProfile(profile(2, { firstName: "Robert", picture: "abc" }));
  takePeople([{ ...bob, isOnline: true, profileRevision: 1 }]);
  assert.deepEqual([store.nameOf("bob"), shown().picture, shown().isOnline], ["Robert", "abc", true]);
  assert.equal(store.conversationOf("u:bob").name, "Robert");
});

test("a newer list takes away what the person removed", () => {
  takeProfile(profile(2, { statusText: "busy", picture: "abc" }));
  takePeople([{ ...bob, profileRevision: 3 }]);
  assert.deepEqual([shown().statusText, shown().picture], [undefined, undefined]);
});

test("events that come twice, or late, change nothing", () => {
  takeProfile(profile(3, { firstName: "Robert" }));
  const before = store.people.value;
  assert.ok(takeProfile(profile(3, { firstName: "Robert" })));
  assert.ok(takeProfile(profile(2, { firstName: "Rob" })));
  assert.equal(store.people.value, before);
});

test("an event keeps what is no part of a profile", () => {
  takePeople([{ ...bob, isOnline: true, lastSeen: "2026-03-01T00:00:00Z" }]);
  takeProfile(profile(1, { firstName: "Robert" }));
  assert.deepEqual([shown().isOnline, shown().lastSeen], [true, "2026-03-01T00:00:00Z"]);
});

test("the profile of a person who is not known yet needs the list", () => {
  assert.equal(takeProfile({ ...profile(1), username: "zoe" }), false);
  assert.equal(store.people.value.has("zoe"), false);
});

test("the time in another zone is told, and none in a zone that does not exist", () => {
  const noon = new Date("2026-03-01T12:00:00Z");
  assert.match(timeIn("Asia/Kolkata", noon), /5:30|17:30/);
  assert.equal(timeIn("Nowhere/Never", noon), "");
});
