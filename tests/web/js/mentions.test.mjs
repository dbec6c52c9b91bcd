/** Mentions: what counts, what is suggested, and where the text is cut. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { withChange } from "../../../chatapp/web/static/js/models/changekinds.js";
import { emptyConversation } from "../../../chatapp/web/static/js/models/conversation.js";
import { unreadIn } from "../../../chatapp/web/static/js/models/list.js";
import { choicesFor, speakersIn, typedMention } from "../../../chatapp/web/static/js/models/mentionchoices.js";
import { mentionsFrom, mentionsMe, unreadMentionsOf } from "../../../chatapp/web/static/js/models/mentions.js";

const bob = { start: 0, end: 4, kind: "user", username: "bob" };
const message = (sequence, mentions, sender = "alice") => ({ sequence, sender, receiver: "7", content: "@bob", revision: sequence, mentions });
const club = (more = {}) => ({ ...emptyConversation("7", true), ...more });
const heard = (conversation, ...messages) => messages.reduce((known, one) => withChange(known, { kind: "message", revision: one.revision, message: one }, "bob"), conversation);

test("a mention of me, of all, or of those who are here counts, but not my own", () => {
  assert.equal(mentionsMe(message(1, [bob]), "bob"), true);
  assert.equal(mentionsMe(message(1, [bob]), "carol"), false);
  assert.equal(mentionsMe(message(1, [{ start: 0, end: 6, kind: "group" }]), "carol"), true);
  assert.equal(mentionsMe(message(1, [{ start: 0, end: 5, kind: "here", mine: false }]), "carol"), false);
  assert.equal(mentionsMe(message(1, [{ start: 0, end: 5, kind: "here" }]), "carol"), true);
  assert.equal(mentionsMe(message(1, [bob], "bob"), "bob"), false);
});

test("mentions count until they are read, edited away or deleted, and again from a mark as unread on", () => {
  const after = heard(club(), message(1, [bob]), message(2), message(3, [bob]));
  assert.equal(unreadMentionsOf(after), 2);
  assert.equal(unreadMentionsOf({ ...after, readSequence: 1 }), 1);
  assert.equal(unreadMentionsOf({ ...after, readSequence: 3, preferences: { level: "all", unreadFrom: 3, userRevision: 1 } }), 1);
  const update = { sequence: 3, messageId: "7-3", changedRevision: 4, reacted: [], content: "nobody" };
  const edited = withChange(after, { kind: "update", revision: 4, update }, "bob");
  assert.deepEqual(edited.mentions, [1]);
  const back = withChange(edited, { kind: "update", revision: 5, update: { ...update, changedRevision: 5, mentions: [bob] } }, "bob");
  assert.deepEqual(back.mentions, [1, 3]);
});

test("a whole conversation replaces the unread mentions and keeps the read ones", () => {
  const preferences = { level: "all", unreadFrom: null, userRevision: 0 };
  assert.deepEqual(mentionsFrom([2, 5, 7], { unreadMentions: [6], readSequence: 5, preferences, erasedSequence: 0 }), [2, 5, 6]);
});

test("the title counts of a conversation what its level says", () => {
  const known = heard(club(), message(1, [bob]), message(2));
  const at = (level) => unreadIn([{ ...known, preferences: { level, unreadFrom: null, userRevision: 1 } }]);
  assert.deepEqual([at("all"), at("mentions"), at("none")], [2, 1, 0]);
});

test("an @ that begins a word is the beginning of a mention", () => {
  assert.deepEqual(typedMention("hi @bo", 6), { start: 3, query: "bo" });
  assert.deepEqual(typedMention("你好@", 3), { start: 2, query: "" });
  assert.deepEqual(typedMention("@张", 2), { start: 0, query: "张" });
  for (const text of ["a@b", "http://x/@b", "@b c", "hi"]) assert.equal(typedMention(text, text.length), null, text);
});

test("who wrote lately is suggested first, by any word of the name, without accents", () => {
  const people = [{ username: "anna", name: "Anna Bern" }, { username: "zoe", name: "Zoé Ångström" }, { username: "ben", name: "Ben" }];
  const names = (query, speakers = []) => choicesFor(people, speakers, query).map(({ username }) => username);
  assert.deepEqual(names(""), ["anna", "ben", "zoe"]);
  assert.deepEqual(names("be"), ["anna", "ben"]);
  assert.deepEqual(names("be", ["ben"]), ["ben", "anna"]);
  assert.deepEqual(names("ang"), ["zoe"]);
  assert.deepEqual(speakersIn([{ sender: "a" }, { sender: "b" }, { sender: "a" }]), ["a", "b"]);
});
