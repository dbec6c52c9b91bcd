import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { emptyConversation, fromGroup, fromUser, fromWire, isComplete, progressOf, unreadOf, watermarksOf, withMarks, withRead, withTold, withWatermarks } =
  await load("models/conversation.js");
const { keyOfMessage, keyOfReceipt } = await load("models/keys.js");

const member = (username, deliveredSequence, readSequence, role = "member") => ({ username, role, deliveredSequence, readSequence });
const marks = (username, deliveredSequence, readSequence) => ({ username, deliveredSequence, readSequence });
const details = { topic: "", description: "", sharesHistory: true, isPublic: false, writers: "everybody", pinners: "everybody", retentionDays: 0, erasedSequence: 0 };
const wire = (changes) => ({
  receiver: "bob",
  group: false,
  name: "bob",
  lastMessage: message(5),
  lastSequence: 5,
  readSequence: 3,
  unread: 2,
  unreadMentions: [],
  members: [member("alice", 5, 3), member("bob", 5, 5)],
  revision: 5,
  createdAt: "2026-03-01T00:00:00Z",
  role: "member",
  ...details,
  preferences: { level: "all", unreadFrom: null, userRevision: 0 },
  ...changes,
});
const group = (...members) => ({ ...emptyConversation("7", true), members });

test("a message goes to the conversation with its other side, or to its group", () => {
  const isKnown = (key) => key === "g:7";
  assert.equal(keyOfMessage(message(1, { sender: "bob", receiver: "alice" }), "alice", isKnown), "u:bob");
  assert.equal(keyOfMessage(message(1, { sender: "alice", receiver: "bob" }), "alice", isKnown), "u:bob");
  assert.equal(keyOfMessage(message(1, { sender: "alice", receiver: "alice" }), "alice", isKnown), "u:alice");
  assert.equal(keyOfMessage(message(1, { sender: "bob", receiver: "7" }), "alice", isKnown), "g:7");
  assert.equal(keyOfMessage(message(1, { sender: "bob", receiver: "8" }), "alice", isKnown), null);
});

test("a receipt names a private conversation by either side", () => {
  assert.equal(keyOfReceipt({ receiver: "alice", group: false, ...marks("bob", 1, 1) }, "alice"), "u:bob");
  assert.equal(keyOfReceipt({ receiver: "bob", group: false, ...marks("alice", 1, 1) }, "alice"), "u:bob");
  assert.equal(keyOfReceipt({ receiver: "7", group: true, ...marks("bob", 1, 1) }, "alice"), "g:7");
});

test("unread is what came after what was read", () => {
  assert.equal(unreadOf(fromWire(wire(), undefined)), 2);
  assert.equal(unreadOf(emptyConversation("bob", false)), 0);
});

test("reading to the end leaves nothing unread, and never goes back", () => {
  const read = withRead(fromWire(wire(), undefined), 5);
  assert.equal(unreadOf(read), 0);
  assert.equal(withRead(read, 4), read);
});

test("an answer that was on its way when I read on does not bring the count back", () => {
  const late = fromWire(wire(), withRead(fromWire(wire(), undefined), 5));
  assert.equal(late.readSequence, 5);
  assert.equal(late.toldSequence, 3);
  assert.equal(unreadOf(late), 0);
});

test("a conversation that starts over with fewer messages is read no further than it goes", () => {
  const before = withRead(fromWire(wire(), undefined), 5);
  assert.equal(fromWire(wire({ lastSequence: 2, readSequence: 2, revision: 2 }), before).readSequence, 2);
});

test("a person keeps the full name, and a group takes the server's", () => {
  const bob = fromUser({ username: "bob", firstName: "Bob", lastName: "Brandt", isOnline: false }, undefined);
  assert.equal(fromWire(wire(), bob).name, "Bob Brandt");
  assert.equal(fromWire(wire({ group: true, receiver: "7", name: "Club" }), undefined).name, "Club");
});

test("reading in another tab is reading, and the server knows of it", () => {
  const conversation = withMarks(fromWire(wire(), undefined), marks("alice", 5, 5), "alice");
  assert.equal(unreadOf(conversation), 0);
  assert.equal(conversation.toldSequence, 5);
});

test("the server is told of what it does not know, and what it knows is read", () => {
  assert.equal(withTold(fromWire(wire(), undefined), 4).readSequence, 4);
  const ahead = withRead(fromWire(wire(), undefined), 5);
  assert.deepEqual([ahead.readSequence, ahead.toldSequence], [5, 3]);
});

test("ticks follow the slowest of the others, and only if all of them are known", () => {
  const mine = message(2, { sender: "alice" });
  assert.equal(progressOf(group(), mine, "alice"), "stored");
  const fresh = group(member("alice", 2, 2), member("bob", 0, 0), member("carol", 0, 0));
  assert.equal(progressOf(fresh, mine, "alice"), "stored");
  const half = withMarks(fresh, marks("bob", 2, 2), "alice");
  assert.equal(progressOf(half, mine, "alice"), "stored");
  const delivered = withMarks(half, marks("carol", 2, 1), "alice");
  assert.equal(progressOf(delivered, mine, "alice"), "delivered");
  assert.equal(progressOf(withMarks(delivered, marks("carol", 2, 2), "alice"), mine, "alice"), "read");
});

test("watermarks only rise", () => {
  const risen = withMarks(group(member("bob", 0, 0)), marks("bob", 5, 4), "alice");
  assert.deepEqual(withMarks(risen, marks("bob", 3, 2), "alice").members, [member("bob", 5, 4)]);
  assert.deepEqual(withWatermarks(risen, [member("bob", 3, 2)], 0).members, [member("bob", 5, 4)]);
});

test("a receipt of somebody who is in the group no more adds nobody", () => {
  assert.deepEqual(withMarks(group(member("bob", 1, 1)), marks("carol", 5, 5), "alice").members, [member("bob", 1, 1)]);
});

test("the sum of the watermarks is the server's: of all members, or mine alone where they are not listed", () => {
  assert.equal(watermarksOf(fromWire(wire(), undefined)), 5 + 3 + 5 + 5);
  assert.equal(watermarksOf(fromWire(wire({ group: true, receiver: "7", members: [] }), undefined)), 3);
  const many = Array.from({ length: 51 }, (_, index) => member(`user${index}`, 9, 9));
  assert.equal(watermarksOf({ ...group(...many), toldSequence: 4 }), 4);
});

test("what is read and not told yet does not count in the sum", () => {
  const large = fromWire(wire({ group: true, receiver: "7", members: [] }), undefined);
  assert.equal(watermarksOf(withRead(large, 5)), 3);
});

test("an answer about a group brings its people and roles, and keeps how far they are", () => {
  const answer = { groupName: "Club", groupId: "7", users: [], messages: [], createdAt: "2026-03-01T00:00:00Z", role: "owner", ...details, sharesHistory: false, topic: "Bach", writers: "admins", revision: 4, members: [{ username: "alice", role: "owner" }, { username: "bob", role: "admin" }] };
  const known = { ...group(member("bob", 3, 2)), revision: 9, stateRevision: 3 };
  const after = fromGroup(answer, known);
  assert.deepEqual(after.members, [member("alice", 0, 0, "owner"), member("bob", 3, 2, "admin")]);
  assert.deepEqual([after.name, after.role, after.sharesHistory, after.topic, after.writers, after.revision], ["Club", "owner", false, "Bach", "admins", 9]);
  const newer = { ...known, stateRevision: 5 };
  assert.equal(fromGroup(answer, newer), newer);
});

test("a conversation has the details that the server sends, and one that was stored without some is not complete", () => {
  const sent = { topic: "Bach", description: "Two\nlines", sharesHistory: false, isPublic: true, writers: "admins", pinners: "admins", retentionDays: 30, erasedSequence: 0 };
  const club = fromWire(wire({ receiver: "7", group: true, name: "Club", ...sent }), undefined);
  for (const [name, value] of Object.entries(sent)) assert.equal(club[name], value);
  assert.ok(isComplete(club));
  const { writers, ...older } = club;
  assert.equal(writers, "admins");
  assert.ok(!isComplete(older));
});
