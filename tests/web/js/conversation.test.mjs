import assert from "node:assert/strict";
import { test } from "node:test";
import { load, message } from "./support.mjs";

const { emptyConversation, fromWire, progressOf, withMarks, withMessage, withRead } = await load("models/conversation.js");
const { keyOfMessage, keyOfReceipt } = await load("models/keys.js");

const bob = () => emptyConversation("bob", false);
const wire = (changes) => ({ receiver: "bob", group: false, name: "Bob", lastMessage: message(5), lastSequence: 5, readSequence: 3, unread: 2, members: [], ...changes });
const marks = (username, deliveredSequence, readSequence) => ({ username, deliveredSequence, readSequence });

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

test("a new message counts as unread once, and a repeat does not", () => {
  const once = withMessage(bob(), message(1), true);
  assert.equal(once.unread, 1);
  assert.equal(withMessage(once, message(1), true).unread, 1);
});

test("reading to the end leaves nothing unread, and never goes back", () => {
  const conversation = fromWire(wire(), undefined);
  const read = withRead(conversation, 5);
  assert.equal(read.unread, 0);
  assert.equal(withRead(read, 4), read);
});

test("an answer that was on its way when I read on does not bring the count back", () => {
  const read = withRead(fromWire(wire(), undefined), 5);
  const late = fromWire(wire(), read);
  assert.equal(late.readSequence, 5);
  assert.equal(late.unread, 0);
});

test("an answer that is older than the last message does not take it away", () => {
  const newer = withMessage(fromWire(wire(), undefined), message(6), true);
  assert.equal(fromWire(wire(), newer).lastMessage.sequence, 6);
  assert.equal(fromWire(wire(), newer).unread, 3);
});

test("reading in another tab is reading", () => {
  const conversation = withMarks(fromWire(wire(), undefined), marks("alice", 5, 5), "alice");
  assert.equal(conversation.unread, 0);
});

test("ticks follow the slowest of the others, and only if all of them are known", () => {
  const group = { ...emptyConversation("7", true), usernames: ["alice", "bob", "carol"] };
  const mine = message(2, { sender: "alice" });
  assert.equal(progressOf(group, mine, "alice"), "stored");
  const half = withMarks(group, marks("bob", 2, 2), "alice");
  assert.equal(progressOf(half, mine, "alice"), "stored");
  const delivered = withMarks(half, marks("carol", 2, 1), "alice");
  assert.equal(progressOf(delivered, mine, "alice"), "delivered");
  assert.equal(progressOf(withMarks(delivered, marks("carol", 2, 2), "alice"), mine, "alice"), "read");
});

test("watermarks only rise", () => {
  const risen = withMarks(bob(), marks("bob", 5, 4), "alice");
  assert.deepEqual(withMarks(risen, marks("bob", 3, 2), "alice").members, [marks("bob", 5, 4)]);
});
