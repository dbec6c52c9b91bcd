/**
 * Conversations and their members, cached in memory (one process owns the database).
 *
 * The delivered state is one watermark for each member, as in chatapp: a message is delivered to all when the lowest
 * watermark of the other members has reached its sequence. Only the newest watermark of a member is written, once a
 * second.
 */
import { randomUUID } from "node:crypto";

const WATERMARK_FLUSH_MS = 1000;

export class Conversations {
  #store;
  #open = new Map();
  #ofUser = new Map();
  #risen = new Set();

  constructor(store) {
    this.#store = store;
    setInterval(() => this.#flushWatermarks(), WATERMARK_FLUSH_MS).unref();
  }

  /** Returns the group with that id, or null if the user is not a member. */
  group(groupId, username) {
    const found = this.#load(groupId);
    return found?.isGroup && found.members.has(username) ? found : null;
  }

  /** Returns the conversation of two users. Creates it if `create` is set. */
  direct(one, other, create) {
    const key = directKey(one, other);
    return this.#load(key) ?? (create ? this.#add(key, false, null, new Set([one, other])) : null);
  }

  createGroup(name, usernames) {
    return this.#add(randomUUID(), true, name, usernames);
  }

  /** Returns every conversation of the user. */
  of(username) {
    let keys = this.#ofUser.get(username);
    if (!keys) this.#ofUser.set(username, (keys = new Set(this.#store.keysOfUser.all(username))));
    return Array.from(keys, (key) => this.#load(key));
  }

  /** Raises a member's watermark. Returns false if it had that value already. */
  raise(conversation, username, sequence) {
    const member = conversation.members.get(username);
    if (!member || member.delivered >= sequence) return false;
    member.delivered = sequence;
    this.#risen.add(member);
    return true;
  }

  #load(key) {
    const known = this.#open.get(key);
    if (known) return known;
    const row = this.#store.conversation.get(key);
    if (!row) return null;
    const members = new Map();
    for (const { username, delivered } of this.#store.members.iterate(row.id)) {
      members.set(username, { conversation: row.id, username, delivered });
    }
    return this.#remember({ ...row, isGroup: row.isGroup === 1, members, lastSequence: this.#store.lastSequence.get(row.id) });
  }

  #add(key, isGroup, name, usernames) {
    const createdAt = new Date().toISOString();
    const id = this.#store.inTransaction(() => {
      const added = this.#store.addConversation.run(key, isGroup ? 1 : 0, name, createdAt).lastInsertRowid;
      for (const username of usernames) this.#store.addMember.run(added, username);
      return added;
    });
    const members = new Map();
    for (const username of usernames) members.set(username, { conversation: id, username, delivered: 0 });
    for (const username of usernames) this.#ofUser.get(username)?.add(key);
    return this.#remember({ id, key, isGroup, name, createdAt, members, lastSequence: 0 });
  }

  #remember(conversation) {
    conversation.room = `c:${conversation.key}`;
    this.#open.set(conversation.key, conversation);
    return conversation;
  }

  #flushWatermarks() {
    if (this.#risen.size === 0) return;
    const risen = this.#risen;
    this.#risen = new Set();
    this.#store.write(
      () => {
        for (const { delivered, conversation, username } of risen) {
          this.#store.setDelivered.run(delivered, conversation, username);
        }
      },
      (error) => error && console.error(error),
    );
  }
}

/** Returns the lowest watermark of the members other than `sender`, or Infinity if there are none. */
export function deliveredSequence(conversation, sender) {
  let lowest = Infinity;
  for (const member of conversation.members.values()) {
    if (member.username !== sender && member.delivered < lowest) lowest = member.delivered;
  }
  return lowest;
}

/** Returns the value of `Message.receiver` for a message of that sender. */
export function receiverOf(conversation, sender) {
  if (conversation.isGroup) return conversation.key;
  for (const username of conversation.members.keys()) if (username !== sender) return username;
  return sender;
}

function directKey(one, other) {
  return JSON.stringify(one < other ? [one, other] : [other, one]);
}
