/** The ledger detects each kind of error. Run with `node --test bench/load`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger } from "./ledger.js";

function member(username) {
  let ids = 0;
  return { username, waiting: new Map(), emit: () => ids++, confirm() {} };
}

function started(count) {
  const [alice, bob] = [member("alice"), member("bob")];
  const conversation = { isGroup: true, id: "group", members: [alice, bob] };
  const ledger = new Ledger(10);
  for (let index = 0; index < count; index++) ledger.send(conversation, alice, 0);
  return { ledger, alice, bob };
}

function deliver(ledger, connection, number) {
  const data = Buffer.from(`["response",{"response":{"content":"#${number}#The quic"}}]`);
  ledger.event(connection, data, 0, data.length, 1);
}

function acknowledge(ledger, connection, ackId, answer = { success: true, response: { deliveredToAll: true } }) {
  const data = Buffer.from(JSON.stringify([answer]));
  ledger.ack(connection, ackId, data, 0, data.length);
}

test("a clean run has no problems", () => {
  const { ledger, alice, bob } = started(2);
  for (const connection of [alice, bob]) for (const number of [0, 1]) deliver(ledger, connection, number);
  for (const ackId of [0, 1]) acknowledge(ledger, alice, ackId);
  assert.equal(ledger.isComplete(), true);
  assert.deepEqual(ledger.problems(), {});
});

test("a message that never arrives counts as missing, and as unacked for its sender", () => {
  const { ledger, alice, bob } = started(1);
  deliver(ledger, alice, 0);
  assert.equal(ledger.isComplete(), false);
  assert.deepEqual(ledger.problems(), { missing: 1, unacked: 1 });
});

test("a message that arrives twice counts as doubled", () => {
  const { ledger, alice, bob } = started(1);
  for (const connection of [alice, bob, bob]) deliver(ledger, connection, 0);
  acknowledge(ledger, alice, 0);
  assert.equal(ledger.problems().doubled, 1);
});

test("messages that two members receive in different orders count as misplaced", () => {
  const { ledger, alice, bob } = started(2);
  for (const number of [0, 1]) deliver(ledger, alice, number);
  for (const number of [1, 0]) deliver(ledger, bob, number);
  for (const ackId of [0, 1]) acknowledge(ledger, alice, ackId);
  assert.deepEqual(ledger.problems(), { misplaced: 2 });
});

test("a message that reaches an outsider is counted", () => {
  const { ledger } = started(1);
  deliver(ledger, member("mallory"), 0);
  assert.equal(ledger.problems().strangers, 1);
});

test("an ack before its own message, a refusal and an ack without confirmations are each counted", () => {
  const { ledger, alice } = started(3);
  acknowledge(ledger, alice, 0);
  assert.equal(ledger.problems().ackedBeforeShown, 1);
  acknowledge(ledger, alice, 1, { success: false, response: "No." });
  acknowledge(ledger, alice, 2, { success: true, response: { deliveredToAll: false } });
  assert.equal(ledger.problems().refused, 1);
  assert.equal(ledger.problems().undelivered, 1);
});
