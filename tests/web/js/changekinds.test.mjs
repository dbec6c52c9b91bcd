import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { emptyConversation, unreadOf } = await load("models/conversation.js");
const { placeOf, withChange, withDelivered } = await load("models/changekinds.js");

const member = (username, role = "member", at = 0) => ({ username, role, deliveredSequence: at, readSequence: at });
const club = { ...emptyConversation("7", true), name: "Club", revision: 4, lastSequence: 3, lastMessage: message(3), readSequence: 3, toldSequence: 3, role: "owner", members: [member("alice", "owner", 3), member("bob")] };
const said = (sequence, revision, more = {}) => ({ kind: "message", revision, message: message(sequence, { receiver: "7", revision, ...more }) });
const people = (revision, ...members) => ({ kind: "members", revision, members });

test("the next change is the one whose revision follows; a later one leaves a gap, an earlier one is known", () => {
  assert.equal(placeOf(club, said(4, 5)), "next");
  assert.equal(placeOf(club, said(5, 6)), "later");
  assert.equal(placeOf(club, said(3, 4)), "known");
});

test("a change that is known changes nothing", () => {
  assert.equal(withChange(club, people(4, { username: "bob", role: null }), "alice"), club);
});

test("a message counts as unread once, and a repeat does not", () => {
  const once = withChange(club, said(4, 5), "alice");
  assert.equal(unreadOf(once), 1);
  assert.equal(once.lastMessage.sequence, 4);
  assert.equal(withChange(once, said(4, 5), "alice"), once);
});

test("sending is reading", () => {
  const sent = withChange(withChange(club, said(4, 5), "alice"), said(5, 6, { sender: "alice" }), "alice");
  assert.equal(unreadOf(sent), 0);
  assert.equal(sent.toldSequence, 5);
});

test("a change of an earlier message does not become the last one", () => {
  const edited = withChange(club, said(2, 5, { content: "edited" }), "alice");
  assert.deepEqual([edited.lastMessage.sequence, edited.lastSequence, edited.revision], [3, 3, 5]);
});

test("who joins has nothing waiting for them; who leaves is there no more; a role keeps the watermarks", () => {
  const joined = withChange(club, people(5, { username: "carol", role: "member" }), "alice");
  assert.deepEqual(joined.members, [member("alice", "owner", 3), member("bob"), member("carol", "member", 3)]);
  const led = withChange(joined, people(6, { username: "alice", role: "admin" }, { username: "bob", role: "owner" }), "alice");
  assert.deepEqual(led.members, [member("alice", "admin", 3), member("bob", "owner"), member("carol", "member", 3)]);
  assert.equal(led.role, "admin");
  assert.deepEqual(withChange(led, people(7, { username: "bob", role: null }), "alice").members, [member("alice", "admin", 3), member("carol", "member", 3)]);
});

test("the members of a large group are not known by those who change", () => {
  const large = { ...club, members: [] };
  const changed = withChange(large, people(5, { username: "carol", role: "member" }, { username: "alice", role: "member" }), "alice");
  assert.deepEqual(changed.members, []);
  assert.equal(changed.role, "member");
  assert.equal(changed.stateRevision, 5);
});

test("new details are taken, and nothing else", () => {
  const details = { topic: "Bach", description: "Two\nlines", sharesHistory: false, isPublic: true, writers: "admins", pinners: "admins", retentionDays: 30, erasedSequence: 0 };
  const changed = withChange(club, { receiver: "7", group: true, kind: "details", revision: 5, name: "Choir", ...details }, "alice");
  assert.deepEqual(changed, { ...club, ...details, name: "Choir", revision: 5, stateRevision: 5 });
});

test("erased messages are neither the last one, nor unread, nor mentions, and a person keeps their name", () => {
  const person = { ...club, group: false, name: "Bob", lastMessage: message(4), lastSequence: 4, readSequence: 1, mentions: [2, 4] };
  const details = { topic: "", description: "", sharesHistory: true, isPublic: false, writers: "everybody", pinners: "everybody", retentionDays: 0 };
  const erase = (erasedSequence, revision) => ({ kind: "details", revision, name: "bob", ...details, erasedSequence });
  const part = withChange(person, erase(3, 5), "alice");
  assert.deepEqual([part.name, part.lastMessage?.sequence, part.mentions, unreadOf(part)], ["Bob", 4, [4], 1]);
  const all = withChange(part, erase(4, 6), "alice");
  assert.deepEqual([all.lastMessage, all.mentions, unreadOf(all)], [null, [], 0]);
});

test("a kind that this page does not know takes its revision, so that nothing seems to be missing", () => {
  assert.deepEqual(withChange(club, { kind: "pin", revision: 5 }, "alice"), { ...club, revision: 5, stateRevision: 5 });
});

test("a tick is taken to the message that it is for", () => {
  assert.equal(withDelivered(club, message(3, { deliveredToAll: true })).lastMessage.deliveredToAll, true);
  assert.equal(withDelivered(club, message(2, { deliveredToAll: true })), club);
});
