import assert from "node:assert/strict";
import test from "node:test";
import { newerOf, quoteOf, updatedBy, withUpdate } from "../../../chatapp/web/static/js/models/messagestate.js";

const message = (more = {}) => ({ sender: "ann", receiver: "bob", content: "helo", timestamp: "2026-01-31T12:00:00.000Z", deliveredToAll: false, messageId: "1-4", sequence: 4, revision: 7, clientId: null, ...more });
const update = (more = {}) => ({ messageId: "1-4", sequence: 4, reacted: [], ...more });
const thumb = (count, usernames, mine) => ({ emoji: "👍", count, usernames, ...(mine === undefined ? {} : { mine }) });

test("of two copies the one that changed last is the newer, whichever comes first", () => {
  const edited = message({ content: "hello", changedRevision: 9, editedAt: "now" });
  assert.deepEqual(newerOf(message(), edited), edited);
  assert.equal(newerOf(edited, message()), edited);
});

test("a tick is never taken back, nor does an old copy with a tick bring an old text", () => {
  const edited = message({ content: "hello", changedRevision: 9 });
  assert.deepEqual(newerOf(edited, message({ deliveredToAll: true })), { ...edited, deliveredToAll: true });
  assert.equal(newerOf(message({ deliveredToAll: true }), edited).deliveredToAll, true);
});

test("an update replaces the whole state, and the text only if it has one", () => {
  const before = message({ changedRevision: 8, editedAt: "then", pinnedAt: "then", pinnedBy: "ann", reactions: [thumb(1, ["ann"])] });
  const after = updatedBy(before, update({ changedRevision: 9, editedAt: "then" }), "bob");
  assert.deepEqual(after, message({ changedRevision: 9, editedAt: "then" }));
  assert.equal(updatedBy(after, update({ changedRevision: 10, content: "" , deletedAt: "now", deletedBy: "ann" }), "bob").content, "");
});

test("a known update does nothing", () => {
  const before = message({ changedRevision: 9, content: "hello" });
  assert.equal(updatedBy(before, update({ changedRevision: 9, content: "helo" }), "bob"), before);
  assert.equal(updatedBy(before, update({ changedRevision: 8, content: "helo" }), "bob"), before);
});

test("my own reactions are known from what I did, although an event does not say whose it is", () => {
  const react = (before, revision, count, reacted) => updatedBy(before, update({ changedRevision: revision, reactions: [thumb(count, [])], reacted }), "bob");
  const others = react(message(), 8, 30, [{ username: "ann", emoji: "👍", on: true }]);
  assert.equal(others.reactions[0].mine, false);
  const own = react(others, 9, 31, [{ username: "bob", emoji: "👍", on: true }]);
  assert.equal(own.reactions[0].mine, true);
  const more = react(own, 10, 32, [{ username: "cat", emoji: "👍", on: true }]);
  assert.equal(more.reactions[0].mine, true);
  assert.equal(react(more, 11, 31, [{ username: "bob", emoji: "👍", on: false }]).reactions[0].mine, false);
});

test("what a page says of my reactions is kept when a tick comes with a copy that does not", () => {
  const known = message({ changedRevision: 9, reactions: [thumb(1, ["bob"], true)] });
  const tick = message({ changedRevision: 9, deliveredToAll: true, reactions: [thumb(1, ["bob"])] });
  assert.equal(newerOf(known, tick).reactions[0].mine, true);
});

test("a quote of a message with files names the first one until the message is deleted", () => {
  const file = { name: "harbour.jpg", kind: "picture" };
  const answer = message({ sequence: 5, messageId: "1-5", replyTo: { sequence: 4, sender: "ann", content: "", file } });
  const quoteAfter = (state) => withUpdate([answer], update({ ...state, content: "" }), "bob")[0].replyTo;
  assert.deepEqual(quoteAfter({ editedAt: "2026-03-10T12:00:00Z" }).file, file);
  assert.equal(quoteAfter({ deletedAt: "2026-03-10T12:00:00Z" }).file, undefined);
  assert.deepEqual(quoteOf({ ...answer, files: [{ ...file, size: 3 }, { name: "b", kind: "other" }] }).file, file);
});

test("messages that answer a changed one show its text as it is now", () => {
  const answer = message({ sequence: 5, messageId: "1-5", replyTo: { sequence: 4, sender: "ann", content: "helo" } });
  const list = [message(), answer];
  const changed = withUpdate(list, update({ changedRevision: 9, content: "😀".repeat(300) }), "bob");
  assert.equal([...changed[1].replyTo.content].length, 200);
  const deleted = withUpdate(list, update({ changedRevision: 9, content: "", deletedAt: "now", deletedBy: "ann" }), "bob");
  assert.equal(deleted[1].replyTo.content, "");
  assert.equal(withUpdate(list, update({ sequence: 3, changedRevision: 9, content: "x" }), "bob"), list);
});
