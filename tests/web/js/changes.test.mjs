import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load, message } from "./support.mjs";

const store = await load("store.js");
const changes = await load("changes.js");
const { unreadOf } = await load("models/conversation.js");

const user = (username, isOnline = false) => ({ firstName: username, lastName: "", username, isOnline });
const member = (username, role = "member", at = 0) => ({ username, role, deliveredSequence: at, readSequence: at });
const details = { topic: "", description: "", sharesHistory: true, isPublic: false, writers: "everybody", pinners: "everybody", retentionDays: 0, erasedSequence: 0 };
const club = (more = {}) => ({ receiver: "7", group: true, name: "Club", lastMessage: null, lastSequence: 0, readSequence: 0, unread: 0, unreadMentions: [], members: [member("alice", "owner"), member("bob")], revision: 1, createdAt: "2026-03-01T00:00:00Z", role: "owner", preferences: { level: "all", unreadFrom: null, userRevision: 0 }, ...details, ...more });
const inClub = (sequence, revision, more = {}) => message(sequence, { receiver: "7", revision, ...more });
const told = (more) => ({ receiver: "7", group: true, revision: 0, startOver: false, conversation: null, changes: [], readSequence: 0, members: [], ...more });
const answer = (more = {}) => ({ userRevision: 1, more: false, gone: [], conversations: [], changes: [], ...more });
const shown = (key) => store.timelineOf(key).value.messages.map((found) => found.sequence);

beforeEach(() => {
  store.clear();
  store.forgetTimeline("u:bob");
  store.forgetTimeline("g:7");
  store.addressed.value = null;
  store.isAttended.value = true;
  store.isAtEndOf("u:bob").value = true;
  store.session.value = { status: "signedIn", username: "alice", reason: "" };
  changes.takePeople([user("alice"), user("bob", true)]);
  changes.takeSync(answer({ conversations: [told({ revision: 1, startOver: true, conversation: club(), members: club().members })] }));
  store.hasHeard.value = true;
});

test("the list has every person and every group", () => {
  assert.deepEqual(store.lines.value.map((line) => line.conversation.key), ["g:7", "u:alice", "u:bob"]);
  assert.ok(store.isOnline("bob"));
});

test("a message updates the list and counts as unread", () => {
  assert.ok(changes.takeMessage(message(1)));
  assert.equal(unreadOf(store.conversationOf("u:bob")), 1);
  assert.equal(store.unreadTotal.value, 1);
  assert.equal(store.lines.value[0].conversation.key, "u:bob");
});

test("a message in sight does not count as unread", () => {
  store.addressed.value = "u:bob";
  assert.ok(changes.takeMessage(message(1)));
  assert.equal(store.unreadTotal.value, 0);
  assert.equal(store.conversationOf("u:bob").toldSequence, 0);
});

test("a message in the open conversation while nobody looks puts the line above itself", () => {
  store.addressed.value = "u:bob";
  store.isAttended.value = false;
  changes.takeMessage(message(1));
  changes.takeMessage(message(2));
  assert.equal(store.newAfterOf("u:bob").value, 0);
  assert.equal(store.unreadTotal.value, 2);
});

test("my own message of another tab is shown and is not unread", () => {
  store.updateTimeline("u:bob", { isLoaded: true });
  changes.takeMessage(message(1, { sender: "alice", receiver: "bob" }));
  assert.equal(store.timelineOf("u:bob").value.messages.length, 1);
  assert.equal(store.unreadTotal.value, 0);
});

test("a message after a gap is shown at once and asks for a sync, which brings what is missing", () => {
  store.updateTimeline("u:bob", { isLoaded: true });
  changes.takeMessage(message(1));
  assert.equal(changes.takeMessage(message(4)), false);
  assert.deepEqual(shown("u:bob"), [1, 4]);
  assert.equal(store.conversationOf("u:bob").revision, 1);
  const missed = [2, 3, 4].map((sequence) => ({ kind: "message", revision: sequence, message: message(sequence) }));
  changes.takeSync(answer({ conversations: [told({ receiver: "bob", group: false, revision: 4, changes: missed })] }));
  assert.deepEqual(shown("u:bob"), [1, 2, 3, 4]);
  assert.equal(store.conversationOf("u:bob").lastSequence, 4);
  assert.ok(changes.takeMessage(message(4)));
});

test("a message of an unknown group waits for a sync", () => {
  assert.equal(changes.takeMessage(message(1, { receiver: "8" })), false);
  assert.ok(!store.conversations.value.has("g:8"));
});

test("a change of people and of the name is taken as it comes, and twice", () => {
  const joined = { receiver: "7", group: true, kind: "members", revision: 2, members: [{ username: "carol", role: "member" }] };
  assert.ok(changes.takeEvent(joined));
  assert.ok(changes.takeEvent(joined));
  assert.ok(changes.takeEvent({ receiver: "7", group: true, kind: "details", revision: 3, name: "Choir", ...details }));
  const { name, members, revision } = store.conversationOf("g:7");
  assert.deepEqual([name, members.map(({ username }) => username), revision], ["Choir", ["alice", "bob", "carol"], 3]);
  assert.equal(changes.takeEvent({ ...joined, revision: 5 }), false);
});

test("events and a sync of the same changes lead to the same", () => {
  const list = [
    { kind: "message", revision: 2, message: inClub(1, 2) },
    { kind: "members", revision: 3, members: [{ username: "carol", role: "member" }] },
    { kind: "message", revision: 4, message: inClub(2, 4, { sender: "carol" }) },
    { kind: "details", revision: 5, name: "Choir", ...details },
    { kind: "members", revision: 6, members: [{ username: "bob", role: null }] },
  ];
  const before = store.conversations.value;
  changes.takeMessage(list[0].message);
  changes.takeEvent({ receiver: "7", group: true, ...list[1] });
  changes.takeMessage(list[2].message);
  for (const change of list.slice(3)) assert.ok(changes.takeEvent({ receiver: "7", group: true, ...change }));
  const heard = store.conversationOf("g:7");
  store.conversations.value = before;
  changes.takeSync(answer({ conversations: [told({ revision: 6, changes: list, members: [member("alice", "owner"), member("carol", "member", 1)] })] }));
  assert.deepEqual(store.conversationOf("g:7"), heard);
});

test("revisions that led to no change are known after a sync", () => {
  changes.takeSync(answer({ conversations: [told({ revision: 9, changes: [] })] }));
  assert.equal(store.conversationOf("g:7").revision, 9);
});

test("somebody who joined and was given a role while I was away is no further than they are", () => {
  const list = [2, 3].map((revision) => ({ kind: "message", revision: revision + 1, message: inClub(revision - 1, revision + 1) }));
  const promoted = { kind: "members", revision: 5, members: [{ username: "carol", role: "admin" }] };
  changes.takeSync(answer({ conversations: [told({ revision: 5, changes: [...list, promoted], members: [...club().members, member("carol", "admin")] })] }));
  assert.deepEqual(store.conversationOf("g:7").members.at(-1), member("carol", "admin"));
});

test("starting over drops the messages, or marks them where they are on the screen", () => {
  const restart = answer({ conversations: [told({ revision: 900, startOver: true, conversation: club({ revision: 900, lastSequence: 800 }) })] });
  store.updateTimeline("g:7", { isLoaded: true, messages: [inClub(1, 2)] });
  changes.takeSync(restart);
  assert.deepEqual([shown("g:7"), store.timelineOf("g:7").value.isLoaded], [[], false]);
  store.addressed.value = "g:7";
  store.updateTimeline("g:7", { isLoaded: true, messages: [inClub(1, 2)] });
  changes.takeSync(restart);
  assert.deepEqual([shown("g:7"), store.timelineOf("g:7").value.isStale], [[1], true]);
  assert.deepEqual(store.loadedTimelines(), []);
});

test("another setting for earlier history makes the messages be fetched again", () => {
  store.addressed.value = "g:7";
  store.updateTimeline("g:7", { isLoaded: true, messages: [inClub(1, 2)] });
  changes.takeEvent({ receiver: "7", group: true, kind: "details", revision: 2, name: "Club", ...details });
  assert.equal(store.timelineOf("g:7").value.isStale, false);
  changes.takeEvent({ receiver: "7", group: true, kind: "details", revision: 3, name: "Club", ...details, sharesHistory: false });
  assert.equal(store.timelineOf("g:7").value.isStale, true);
});

const removal = (userRevision) => ({ receiver: "7", group: true, kind: "conversation", userRevision, conversation: null });

test("a group that I am no longer in leaves the list, by an event and by a sync", () => {
  assert.ok(changes.takeEvent(removal(2)));
  assert.ok(!store.conversations.value.has("g:7"));
  assert.ok(changes.takeEvent({ ...removal(3), conversation: club({ revision: 5 }) }));
  assert.equal(store.conversationOf("g:7").revision, 5);
  changes.takeSync(answer({ userRevision: 4, gone: [{ receiver: "7", group: true }] }));
  assert.ok(!store.conversations.value.has("g:7"));
  assert.equal(store.userRevision.value, 4);
});

test("an open group that I am taken out of is remembered by its name, its dialog closes, and its draft stays", () => {
  store.addressed.value = "g:7";
  store.dialog.value = "details";
  store.setDraft("g:7", "half a sentence");
  changes.takeEvent(removal(2));
  assert.equal(store.left.value.name, "Club");
  assert.equal(store.conversationOf("g:7").name, "Club");
  assert.equal(store.dialog.value, null);
  assert.equal(store.drafts.value.get("g:7"), "half a sentence");
  changes.takeEvent({ ...removal(3), conversation: club({ revision: 5 }) });
  assert.equal(store.left.value, null);
});

test("a change of my own that is not the next one asks for a sync, and a known one does nothing", () => {
  assert.equal(changes.takeEvent(removal(3)), false);
  assert.ok(store.conversations.value.has("g:7"));
  assert.ok(changes.takeEvent(removal(1)));
  assert.ok(store.conversations.value.has("g:7"));
});

test("a new conversation that is told of after its messages does not take them back", () => {
  changes.takeMessage(message(1));
  changes.takeMessage(message(2));
  const late = { receiver: "bob", group: false, kind: "conversation", userRevision: 2, conversation: club({ receiver: "bob", group: false, name: "bob", revision: 1, lastMessage: message(1), lastSequence: 1 }) };
  assert.equal(changes.takeEvent(late), false);
  assert.equal(store.conversationOf("u:bob").lastSequence, 2);
});

test("a watermark of another tab of mine clears the count", () => {
  changes.takeMessage(message(1));
  changes.takeReceipt({ receiver: "bob", group: false, username: "alice", deliveredSequence: 1, readSequence: 1 });
  assert.equal(store.unreadTotal.value, 0);
});

test("a tick of the last message is taken", () => {
  store.updateTimeline("u:bob", { isLoaded: true });
  changes.takeMessage(message(1, { sender: "alice", receiver: "bob" }));
  changes.takeDelivered(message(1, { sender: "alice", receiver: "bob", deliveredToAll: true }));
  assert.ok(store.conversationOf("u:bob").lastMessage.deliveredToAll);
  assert.ok(store.timelineOf("u:bob").value.messages[0].deliveredToAll);
});

test("a thousand conversations of one answer are shown at once", () => {
  let draws = 0;
  const stop = store.conversations.subscribe(() => (draws += 1));
  const many = Array.from({ length: 1_000 }, (_, index) => told({ receiver: `${index + 10}`, revision: 1, startOver: true, conversation: club({ receiver: `${index + 10}` }) }));
  changes.takeSync(answer({ conversations: many }));
  stop();
  assert.equal(store.conversations.value.size, 1_003);
  assert.equal(draws, 2);
});

test("who looks when a conversation changes sees it as it is after that", () => {
  /** @type {number[]} */
  const seen = [];
  const stop = store.unreadTotal.subscribe((count) => seen.push(count));
  changes.takeMessage(message(1));
  changes.takeReceipt({ receiver: "bob", group: false, username: "alice", deliveredSequence: 1, readSequence: 1 });
  stop();
  assert.deepEqual(seen, [0, 1, 0]);
});

test("lights go on and off", () => {
  store.setOnline([["bob", false], ["nobody", true]]);
  assert.ok(!store.isOnline("bob"));
  assert.ok(!store.isOnline("nobody"));
});

test("signing out leaves nothing of the person behind", () => {
  changes.takeMessage(message(1));
  store.setDraft("u:bob", "half a sentence");
  store.clear();
  assert.equal(store.conversations.value.size, 0);
  assert.equal(store.drafts.value.size, 0);
  assert.equal(store.people.value.size, 0);
  assert.equal(store.userRevision.value, 0);
});
