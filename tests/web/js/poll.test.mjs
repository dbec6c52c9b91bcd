import assert from "node:assert/strict";
import { test } from "node:test";
import { updatedBy, newerOf } from "../../../chatapp/web/static/js/models/messagestate.js";
import { choose, isClosed, mayClose, percentOf, problemOf, withEmptyField, withVote, writtenOf } from "../../../chatapp/web/static/js/polls/model.js";

const poll = {
  question: "When?",
  options: [
    { text: "Noon", votes: 2, voters: [] },
    { text: "Night", votes: 1, voters: [] },
  ],
  voterCount: 3,
  isMultiple: false,
  isAnonymous: false,
  mine: [1],
};
const message = { messageId: "1-1", sequence: 1, sender: "ann", receiver: "me", content: "", timestamp: "", deliveredToAll: false, revision: 4, changedRevision: 4, poll };
const counts = (found) => found.options.map(({ votes }) => votes);

test("a vote is counted before the server answers, and a vote that is taken back is not", () => {
  const changed = withVote(poll, [0]);
  assert.deepEqual([counts(changed), changed.voterCount, changed.mine], [[3, 0], 3, [0]]);
  const taken = withVote(poll, []);
  assert.deepEqual([counts(taken), taken.voterCount], [[2, 0], 2]);
  assert.deepEqual(counts(withVote({ ...poll, mine: undefined }, [0, 1])), [3, 2]);
});

test("a click chooses one option, or adds and removes one of several", () => {
  assert.deepEqual(choose(poll, 0), [0]);
  assert.deepEqual(choose({ ...poll, isMultiple: true }, 0), [1, 0]);
  assert.deepEqual(choose({ ...poll, isMultiple: true }, 1), []);
});

test("percents are of the voters", () => {
  assert.equal(percentOf(poll, 0), 67);
  assert.equal(percentOf({ ...poll, voterCount: 0 }, 0), 0);
});

test("a poll is closed by somebody or by its time", () => {
  const closesAt = "2026-01-31T12:00:00.000Z";
  const end = Date.parse(closesAt);
  assert.equal(isClosed(poll, end), false);
  assert.equal(isClosed({ ...poll, closesAt }, end - 1), false);
  assert.equal(isClosed({ ...poll, closesAt }, end), true);
  assert.equal(isClosed({ ...poll, closedAt: closesAt }, 0), true);
});

test("who asked and who leads the group may close an open poll", () => {
  const group = { group: true, role: "member" };
  assert.equal(mayClose(message, group, "ann"), true);
  assert.equal(mayClose(message, group, "bob"), false);
  assert.equal(mayClose(message, { group: true, role: "admin" }, "bob"), true);
  assert.equal(mayClose(message, { group: false, role: "owner" }, "bob"), false);
  assert.equal(mayClose({ ...message, poll: { ...poll, closedAt: "2026-01-31T12:00:00.000Z" } }, group, "ann"), false);
});

test("fields add themselves up to the limit", () => {
  assert.deepEqual(withEmptyField(["a", ""]), ["a", ""]);
  assert.deepEqual(withEmptyField(["a", "b"]), ["a", "b", ""]);
  assert.equal(withEmptyField(Array(10).fill("x")).length, 10);
  assert.deepEqual(writtenOf([" a ", "", " "]), ["a"]);
});

test("a new poll is checked before it is sent", () => {
  const good = { question: "When?", options: ["Noon", "Night"], isMultiple: false, isAnonymous: false };
  assert.equal(problemOf(good, 0), null);
  assert.deepEqual(problemOf({ ...good, question: "" }, 0), { kind: "question" });
  assert.deepEqual(problemOf({ ...good, options: ["Noon"] }, 0), { kind: "few" });
  assert.deepEqual(problemOf({ ...good, options: ["Noon", "Night", "NOON"] }, 0), { kind: "same", option: "NOON" });
  assert.deepEqual(problemOf({ ...good, closesAt: "1970-01-01T00:00:00.000Z" }, 1), { kind: "past" });
});

test("my vote stays as it was in an update that does not tell it", () => {
  const others = { ...poll, mine: undefined };
  const update = { messageId: "1-1", sequence: 1, reacted: [], changedRevision: 5, poll: { ...others, voterCount: 4 } };
  const changed = updatedBy(message, update, "me");
  assert.deepEqual([changed.poll.voterCount, changed.poll.mine], [4, [1]]);
  assert.deepEqual(updatedBy(message, { ...update, poll: { ...others, mine: [0] } }, "me").poll.mine, [0]);
  assert.deepEqual(newerOf(message, { ...message, changedRevision: 5, poll: others }).poll.mine, [1]);
});

test("an update that tells my vote counts although its state is known", () => {
  const update = { messageId: "1-1", sequence: 1, reacted: [], changedRevision: 4, poll: { ...poll, mine: [0] } };
  assert.deepEqual(updatedBy(message, update, "me").poll.mine, [0]);
  assert.equal(updatedBy(message, { ...update, poll: { ...poll, mine: undefined } }, "me"), message);
});
