/**
 * Records what was sent, who received it and in which order, and what was acked.
 *
 * The content starts with `#<number>#`, the number of the message in this ledger. The first member who receives a
 * message determines its position in the conversation. Every other member must receive the same message at that
 * position. One comparison for each delivery therefore finds missing, doubled and misplaced messages.
 */

const HASH = 0x23;
const UNDELIVERED_SHARE = 0.01;
const FOURTH_BYTE_OF_RESPONSE = 0x73; // the "s" of `["response"`; `["receipt"` and the others differ there

export class Ledger {
  /** @param {number} contentBytes the size of each message's content */
  constructor(contentBytes) {
    this.contentBytes = contentBytes;
    this.sends = [];
    this.conversations = new Set();
    this.deliveries = 0;
    this.acked = 0;
    this.wrong = { misplaced: 0, strangers: 0, truncated: 0, refused: 0, undelivered: 0, ackedBeforeShown: 0 };
    this.onAck = null;
    this.examples = [];
  }

  /** @param {{isGroup: boolean, id: string, members: Connection[]}} conversation */
  send(conversation, connection, dueAt) {
    const receiver = conversation.isGroup ? conversation.id : other(conversation, connection);
    const number = this.sends.length;
    this.#follow(conversation);
    const content = `#${number}#`.padEnd(this.contentBytes, "The quick brown fox jumps over the lazy dog. ");
    const name = conversation.isGroup ? "groupMessage" : "privateMessage";
    const ackId = connection.emit(name, { sender: connection.username, receiver, content });
    this.sends.push({ conversation, connection, ackId, dueAt, isShown: false });
    connection.waiting.set(ackId, number);
  }

  #follow(conversation) {
    if (this.conversations.has(conversation)) return;
    this.conversations.add(conversation);
    conversation.order = [];
    conversation.received = new Map(conversation.members.map((member) => [member, 0]));
  }

  /** Handles one server event. Returns whether it was a message. */
  event(connection, data, at, end, ackId) {
    if (data[at + 4] !== FOURTH_BYTE_OF_RESPONSE || ackId < 0) return false;
    connection.confirm(ackId);
    this.deliveries++;
    if (end - at < this.contentBytes) this.wrong.truncated++;
    const number = numberIn(data, data.indexOf(HASH, at) + 1);
    const send = this.sends[number];
    const position = send?.conversation.received.get(connection);
    if (position === undefined) return this.#stranger(data, at, end);
    const { order, received } = send.conversation;
    if (position === order.length) order.push(number);
    else if (order[position] !== number) this.wrong.misplaced++;
    received.set(connection, position + 1);
    if (send.connection === connection) send.isShown = true;
    return true;
  }

  #stranger(data, at, end) {
    this.wrong.strangers++;
    this.examples.push(data.latin1Slice(at, Math.min(end, at + 200)));
    return true;
  }

  ack(connection, ackId, data, at, end) {
    const number = connection.waiting.get(ackId);
    const send = this.sends[number];
    connection.waiting.delete(ackId);
    this.acked++;
    if (!send.isShown) this.wrong.ackedBeforeShown++;
    const text = data.latin1Slice(at, end);
    if (!text.includes('"success":true')) this.#refused(text);
    else if (!text.includes('"deliveredToAll":true')) this.wrong.undelivered++;
    this.onAck?.(send);
  }

  #refused(text) {
    this.wrong.refused++;
    this.examples.push(text.slice(0, 200));
  }

  /** The number of deliveries that there must be once every message has arrived. */
  get expected() {
    let count = 0;
    for (const { conversation } of this.sends) count += conversation.members.length;
    return count;
  }

  isComplete() {
    return this.acked === this.sends.length && this.deliveries >= this.expected;
  }

  /**
   * Returns the error counts that are not zero, such as `{ missing, doubled }`; `{}` is a clean run. A few acks may say
   * undelivered when a busy machine exceeds the ack window. Many mean that the server does not wait for confirmations.
   */
  problems() {
    const found = { ...this.wrong, unacked: this.sends.length - this.acked, missing: 0, doubled: 0 };
    if (found.undelivered < UNDELIVERED_SHARE * this.acked) found.undelivered = 0;
    const sent = new Map();
    for (const { conversation } of this.sends) sent.set(conversation, (sent.get(conversation) ?? 0) + 1);
    for (const [conversation, count] of sent) {
      for (const received of conversation.received.values()) {
        found.missing += Math.max(0, count - received);
        found.doubled += Math.max(0, received - count);
      }
    }
    return Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0));
  }
}

function numberIn(data, at) {
  let number = 0;
  for (; data[at] !== HASH; at++) number = number * 10 + data[at] - 0x30;
  return number;
}

function other(conversation, connection) {
  const [one, two] = conversation.members;
  return connection === one ? two.username : one.username;
}
