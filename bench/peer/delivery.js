/**
 * Tracks which users still have to confirm a message, and informs its sender.
 *
 * A broadcast has one ack id for all recipients, so socket.io's adapter encodes and frames the packet once. The adapter
 * calls the ack callback with `this` set to the socket that answered. A confirmation therefore counts for the user of
 * its connection, whatever name it carries.
 */
import { deliveredSequence } from "./conversations.js";

const EVENT = 2; // PacketType.EVENT of socket.io-parser
const ACK_WINDOW_MS = 2000;
const LATE_UPDATES_AT_ONCE = 500;
const NOBODY = new Set();

export class Delivery {
  constructor(namespace, conversations, presence, store) {
    Object.assign(this, { namespace, conversations, presence, store });
  }

  /** Sends `message` to the members. Calls `settled(message)` when those online have confirmed, at most 2 s later. */
  send(conversation, message, settled) {
    const waiting = new Set();
    for (const username of conversation.members.keys()) {
      if (username !== message.sender && this.presence.isOnline(username)) waiting.add(username);
    }
    const pending = { conversation, message, waiting, settled, timer: null };
    this.#broadcast(conversation, message, pending);
    if (waiting.size === 0) this.#settle(pending);
    else pending.timer = setTimeout(() => this.#settle(pending), ACK_WINDOW_MS);
  }

  /** Marks every message that waits for the user as delivered, because the user has connected. */
  catchUp(conversation, username) {
    const { delivered } = conversation.members.get(username);
    if (delivered < conversation.lastSequence) this.#raiseAfterAck(conversation, username, conversation.lastSequence);
  }

  #broadcast(conversation, message, pending) {
    const delivery = this;
    this.namespace.adapter.broadcastWithAck(
      { type: EVENT, data: ["response", { response: message }] },
      { rooms: roomsOf(conversation), except: NOBODY, flags: {} },
      () => {},
      function confirmed() {
        delivery.#confirm(pending, this.data.username);
      },
    );
  }

  #confirm(pending, username) {
    if (pending.settled === null) return this.#raiseAfterAck(pending.conversation, username, pending.message.sequence);
    this.conversations.raise(pending.conversation, username, pending.message.sequence);
    if (pending.waiting.delete(username) && pending.waiting.size === 0) this.#settle(pending);
  }

  #settle(pending) {
    clearTimeout(pending.timer);
    const { settled, conversation, message } = pending;
    pending.settled = null;
    message.deliveredToAll = deliveredSequence(conversation, message.sender) >= message.sequence;
    settled(message);
  }

  /** Raises a watermark after the ack was sent, and informs each sender concerned. */
  #raiseAfterAck(conversation, username, sequence) {
    const before = lowestOf(conversation);
    if (!this.conversations.raise(conversation, username, sequence)) return;
    const rows = this.store.pageAfter.all(conversation.id, before, LATE_UPDATES_AT_ONCE);
    for (const row of rows) this.#notifyWhenDelivered(conversation, row, username);
  }

  #notifyWhenDelivered(conversation, row, username) {
    if (row.sender === username || deliveredSequence(conversation, row.sender) < row.sequence) return;
    const receiver = conversation.isGroup ? conversation.key : username;
    const response = { ...row, receiver, deliveredToAll: true };
    this.namespace.to(`u:${row.sender}`).emit("updateDeliveryStatusOnConnection", { response });
  }
}

function lowestOf(conversation) {
  let lowest = Infinity;
  for (const member of conversation.members.values()) lowest = Math.min(lowest, member.delivered);
  return lowest;
}

function roomsOf(conversation) {
  if (conversation.isGroup) return new Set([conversation.room]);
  return new Set(Array.from(conversation.members.keys(), (username) => `u:${username}`));
}
