/** What is open and what is on the screen, with a thread at the side of its conversation. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load, message } from "./support.mjs";

globalThis.history = { state: null, replaceState: (_state, _title, address) => addresses.push(address) };
const store = await load("store.js");
const changes = await load("changes.js");
const { emptyConversation } = await load("models/conversation.js");
const { unreadIn } = await load("models/list.js");

/** @type {string[]} */
const addresses = [];
const club = { ...emptyConversation("7", true), name: "Club", revision: 1 };
const thread = (more = {}) => ({ ...emptyConversation("9", true), threadOf: { receiver: "7", group: true, sequence: 4 }, revision: 1, ...more });

beforeEach(() => {
  store.clear();
  addresses.length = 0;
  store.addressed.value = null;
  store.hasRoom.value = true;
  store.isAttended.value = true;
  store.hasHeard.value = true;
  store.session.value = { status: "signedIn", username: "alice", reason: "" };
  store.putConversation(club);
});

test("the address of a thread opens its conversation with it, as soon as the thread is known", () => {
  store.addressed.value = "g:9";
  assert.deepEqual([store.openKey.value, store.threadKey.value, store.shownKeys.value], ["g:9", null, ["g:9"]]);
  store.putConversation(thread());
  assert.deepEqual([store.openKey.value, store.threadKey.value, store.shownKeys.value], ["g:7", "g:9", ["g:7", "g:9"]]);
  store.hasRoom.value = false;
  assert.deepEqual(store.shownKeys.value, ["g:9"]);
  store.addressed.value = null;
  assert.deepEqual([store.openKey.value, store.shownKeys.value], [null, []]);
});

test("a thread is in no list, and counts as unread", () => {
  store.putConversation(thread({ lastSequence: 3, readSequence: 1 }));
  assert.deepEqual(store.lines.value.map(({ conversation }) => conversation.key), ["g:7"]);
  assert.equal(store.unreadTotal.value, 2);
  assert.equal(unreadIn([thread({ lastSequence: 3, preferences: { level: "none", unreadFrom: null, userRevision: 1 } })]), 0);
});

test("a message is read in the thread and not in the conversation that it covers", () => {
  store.putConversation(thread());
  store.addressed.value = "g:9";
  store.hasRoom.value = false;
  for (const key of ["g:7", "g:9"]) store.isAtEndOf(key).value = true;
  changes.takeMessage(message(1, { receiver: "9", revision: 2, sender: "bob" }));
  changes.takeMessage(message(1, { receiver: "7", revision: 2, sender: "bob" }));
  assert.deepEqual([store.conversationOf("g:9").readSequence, store.conversationOf("g:7").readSequence], [1, 0]);
});

test("a thread that is no longer followed closes, and its conversation stays open", () => {
  store.putConversation(thread());
  store.addressed.value = "g:9";
  changes.takeEvent({ receiver: "9", group: true, kind: "conversation", userRevision: 1, conversation: null });
  assert.deepEqual([store.openKey.value, store.threadKey.value, store.left.value], ["g:7", null, null]);
  assert.deepEqual(addresses, ["#/g/7"]);
});

test("who is taken out of the group is told so, with the thread closed, whichever is told first", () => {
  for (const order of [["9", "7"], ["7", "9"]]) {
    store.clear();
    store.putConversation(club);
    store.putConversation(thread());
    store.addressed.value = "g:9";
    order.forEach((receiver, index) => changes.takeEvent({ receiver, group: true, kind: "conversation", userRevision: index + 1, conversation: null }));
    assert.deepEqual([store.openKey.value, store.threadKey.value, store.left.value?.name], ["g:7", null, "Club"], order.join());
  }
});
