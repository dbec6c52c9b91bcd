/**
 * Conversations and their members, kept in memory while in use (one process owns the database).
 *
 * Delivered state is one watermark a member, as in chatapp: a message is delivered to all when the lowest watermark of
 * the other members has reached its sequence. Watermarks are written once a second, only the newest of each member.
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

  /** The group with that id, or null for anybody who is not in it. */
  group(groupId, username) {
    const found = this.#load(groupId);
    return found?.isGroup && found.members.has(username) ? found : null;
  }

  /** The conversation of two users, made when `create` is set. */
  direct(one, other, create) {
    const key = directKey(one, other);
    return this.#load(key) ?? (create ? this.#add(key, false, null, new Set([one, other])) : null);
  }

  createGroup(name, usernames) {
    return this.#add(randomUUID(), true, name, usernames);
  }

  /** Every conversation that the user is in. */
  of(username) {
    let keys = this.#ofUser.get(username);
    if (!keys) this.#ofUser.set(username, (keys = new Set(this.#store.keysOfUser.all(username))));
    return Array.from(keys, (key) => this.#load(key));
  }

  /** Raises a member's watermark; false when it was there already. */
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

/** The lowest watermark of the members other than `sender`: what everybody has. A lone member has all. */
export function deliveredSequence(conversation, sender) {
  let lowest = Infinity;
  for (const member of conversation.members.values()) {
    if (member.username !== sender && member.delivered < lowest) lowest = member.delivered;
  }
  return lowest;
}

/** The other end of the conversation, as `Message.receiver` names it. */
export function receiverOf(conversation, sender) {
  if (conversation.isGroup) return conversation.key;
  for (const username of conversation.members.keys()) if (username !== sender) return username;
  return sender;
}

function directKey(one, other) {
  return JSON.stringify(one < other ? [one, other] : [other, one]);
}
