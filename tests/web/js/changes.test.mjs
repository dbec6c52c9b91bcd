import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load, message } from "./support.mjs";

const store = await load("store.js");
const incoming = await load("changes.js");

const user = (username, isOnline = false) => ({ firstName: username, lastName: "", username, isOnline });
const everybody = { users: [user("alice"), user("bob", true)], groups: [{ groupName: "Club", groupId: "7", users: [user("alice"), user("bob")], messages: [], createdAt: "2026-03-01T00:00:00Z" }] };

beforeEach(() => {
  store.clear();
  store.openKey.value = null;
  store.isAttended.value = true;
  store.isAtEnd.value = true;
  store.session.value = { status: "signedIn", username: "alice", reason: "" };
  incoming.takeLists(everybody, []);
});

test("the list has every person and every group", () => {
  assert.deepEqual(store.lines.value.map((line) => line.conversation.key), ["g:7", "u:alice", "u:bob"]);
  assert.ok(store.isOnline("bob"));
});

test("a message updates the list and counts as unread", () => {
  const arrival = incoming.takeMessage(message(1));
  assert.deepEqual(arrival, { key: "u:bob", isNew: true, isUnseen: true, hasGap: false });
  assert.equal(store.conversationOf("u:bob").unread, 1);
  assert.equal(store.unreadTotal.value, 1);
  assert.equal(store.lines.value[0].conversation.key, "u:bob");
});

test("a message in sight does not count as unread", () => {
  store.openKey.value = "u:bob";
  assert.equal(incoming.takeMessage(message(1)).isUnseen, false);
  assert.equal(store.unreadTotal.value, 0);
});

test("a message in the open conversation while nobody looks puts the line above itself", () => {
  store.openKey.value = "u:bob";
  store.isAttended.value = false;
  incoming.takeMessage(message(1));
  incoming.takeMessage(message(2));
  assert.equal(store.newAfter.value, 0);
  assert.equal(store.unreadTotal.value, 2);
});

test("my own message of another tab is shown and is not unread", () => {
  store.updateTimeline("u:bob", { isLoaded: true });
  incoming.takeMessage(message(1, { sender: "alice", receiver: "bob" }));
  assert.equal(store.timelineOf("u:bob").value.messages.length, 1);
  assert.equal(store.unreadTotal.value, 0);
});

test("a hole in the sequence is noticed, and closed by what is fetched", () => {
  store.updateTimeline("u:bob", { isLoaded: true, messages: [message(1)] });
  assert.equal(incoming.takeMessage(message(4)).hasGap, true);
  assert.ok(incoming.isBehind("u:bob"));
  incoming.takeMissed("u:bob", [message(2), message(3), message(4)]);
  assert.ok(!incoming.isBehind("u:bob"));
});

test("a message of an unknown group waits for the lists", () => {
  assert.equal(incoming.takeMessage(message(1, { receiver: "8" })), null);
});

test("a newest page that does not touch what was kept replaces it", () => {
  store.updateTimeline("u:bob", { isLoaded: true, messages: [message(1), message(2)] });
  incoming.takeNewestPage("u:bob", [message(8), message(9)]);
  assert.deepEqual(store.timelineOf("u:bob").value.messages.map((found) => found.sequence), [8, 9]);
});

test("a group that I am no longer in leaves the list", () => {
  incoming.takeLists({ ...everybody, groups: [] }, []);
  assert.ok(!store.conversations.value.has("g:7"));
});

test("a watermark of another tab of mine clears the count", () => {
  incoming.takeMessage(message(1));
  incoming.takeReceipt({ receiver: "bob", group: false, username: "alice", deliveredSequence: 1, readSequence: 1 });
  assert.equal(store.unreadTotal.value, 0);
});

test("lights go on and off", () => {
  store.setOnline([["bob", false], ["nobody", true]]);
  assert.ok(!store.isOnline("bob"));
  assert.ok(!store.isOnline("nobody"));
});

test("signing out leaves nothing of the person behind", () => {
  incoming.takeMessage(message(1));
  store.setDraft("u:bob", "half a sentence");
  store.clear();
  assert.equal(store.conversations.value.size, 0);
  assert.equal(store.drafts.value.size, 0);
  assert.equal(store.people.value.size, 0);
});
