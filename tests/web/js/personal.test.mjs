import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load, message } from "./support.mjs";

const store = await load("store.js");
const changes = await load("changes.js");
const { emptyConversation, fromWire, lastReadOf, unreadOf } = await load("models/conversation.js");
const { unreadIn } = await load("models/list.js");
const { isMuted, newer } = await load("models/personal.js");
const { isQuiet } = await load("models/quiethours.js");
const { weekdayName } = await load("models/time.js");

const preferences = (more = {}) => ({ level: "all", unreadFrom: null, userRevision: 1, ...more });
const preferred = (receiver, userRevision, more = {}) => ({ receiver, group: false, kind: "preferences", userRevision, preferences: preferences({ userRevision, ...more }) });
const settings = (userRevision, doNotDisturb = null) => ({ kind: "settings", userRevision, settings: { doNotDisturb, userRevision } });
const answer = (more = {}) => ({ userRevision: 0, more: false, gone: [], conversations: [], changes: [], ...more });
const heard = (more = {}) => ({ ...emptyConversation("bob", false), lastSequence: 9, readSequence: 9, ...more });

beforeEach(() => {
  store.clear();
  store.addressed.value = null;
  store.session.value = { status: "signedIn", username: "alice", reason: "" };
  changes.takePeople([{ firstName: "Bob", lastName: "", username: "bob", isOnline: true }]);
});

test("from the marked message on, everything is unread", () => {
  assert.equal(unreadOf(heard()), 0);
  const marked = heard({ preferences: preferences({ unreadFrom: 7 }) });
  assert.deepEqual([unreadOf(marked), lastReadOf(marked)], [3, 6]);
  const unread = heard({ readSequence: 4, preferences: preferences({ unreadFrom: 7 }) });
  assert.deepEqual([unreadOf(unread), lastReadOf(unread)], [5, 4]);
});

test("a muted conversation does not count", () => {
  const muted = heard({ readSequence: 4, preferences: preferences({ level: "none" }) });
  assert.ok(isMuted(muted));
  assert.equal(unreadOf(muted), 5);
  assert.equal(unreadIn([muted, heard({ readSequence: 7 })]), 2);
});

test("the state with the higher revision is the newer, whichever comes first", () => {
  assert.deepEqual(newer(preferences({ userRevision: 3 }), preferences({ userRevision: 2, level: "none" })).level, "all");
  const wire = { receiver: "bob", group: false, name: "bob", lastMessage: null, lastSequence: 0, readSequence: 0, unreadMentions: [], members: [], revision: 1, createdAt: "", role: "member", sharesHistory: true, preferences: preferences({ level: "none", userRevision: 2 }) };
  assert.equal(fromWire(wire, heard({ preferences: preferences({ userRevision: 3 }) })).preferences.level, "all");
  assert.equal(fromWire(wire, undefined).preferences.level, "none");
});

test("preferences and settings are taken as they come, and twice; after a gap a sync brings them", () => {
  assert.ok(changes.takeEvent(preferred("bob", 1, { level: "none" })));
  assert.ok(changes.takeEvent(preferred("bob", 1, { level: "none" })));
  assert.ok(isMuted(store.conversationOf("u:bob")));
  assert.equal(changes.takeEvent(settings(3)), false);
  assert.equal(store.userRevision.value, 1);
  const hours = { from: "22:00", to: "07:00", days: [1], timeZone: "UTC" };
  changes.takeSync(answer({ userRevision: 3, changes: [preferred("bob", 2), settings(3, hours)] }));
  assert.ok(!isMuted(store.conversationOf("u:bob")));
  assert.deepEqual(store.ownSettings.value.doNotDisturb, hours);
  assert.equal(store.userRevision.value, 3);
});

test("preferences for somebody who is not in the list yet are kept, those for a group that I left are not", () => {
  changes.takeSync(answer({ userRevision: 2, changes: [preferred("carol", 1, { level: "none" }), { ...preferred("9", 2), group: true }] }));
  changes.takePeople([{ firstName: "Carol", lastName: "", username: "carol", isOnline: false }]);
  assert.ok(isMuted(store.conversationOf("u:carol")));
  assert.ok(!store.conversations.value.has("g:9"));
});

test("reading further does not take a mark away, and new messages add to it", () => {
  changes.takeMessage(message(1));
  changes.takeReceipt({ receiver: "bob", group: false, username: "alice", deliveredSequence: 1, readSequence: 1 });
  changes.takeEvent(preferred("bob", 1, { unreadFrom: 1 }));
  changes.takeMessage(message(2));
  changes.takeReceipt({ receiver: "bob", group: false, username: "alice", deliveredSequence: 2, readSequence: 2 });
  assert.equal(store.unreadTotal.value, 2);
});

test("quiet hours over midnight belong to the day on which they begin", () => {
  const fridays = { from: "22:00", to: "07:00", days: [5], timeZone: "UTC" };
  const at = (text) => isQuiet(fridays, new Date(text));
  assert.deepEqual([at("2026-03-13T21:59:00Z"), at("2026-03-13T22:00:00Z"), at("2026-03-14T06:59:00Z"), at("2026-03-14T07:00:00Z"), at("2026-03-13T06:00:00Z")], [false, true, true, false, false]);
  const sundays = { ...fridays, days: [7] };
  assert.ok(isQuiet(sundays, new Date("2026-03-16T03:00:00Z")));
  assert.ok(!isQuiet(null));
});

test("quiet hours within a day, in the person's own time zone", () => {
  const hours = { from: "12:00", to: "14:00", days: [1, 2, 3, 4, 5, 6, 7], timeZone: "America/New_York" };
  assert.deepEqual(["15:59", "16:00", "17:59", "18:00"].map((time) => isQuiet(hours, new Date(`2026-07-01T${time}:00Z`))), [false, true, true, false]);
  assert.equal(typeof isQuiet({ ...hours, timeZone: "Nowhere/At_All" }), "boolean");
});

test("weekdays are numbered from Monday", () => {
  assert.deepEqual([1, 7].map((day) => weekdayName(day, "long")), ["Monday", "Sunday"]);
});
