/** Stores messages and reads pages of them, with the rules that HTTP and Socket.IO share. */
import { randomUUID } from "node:crypto";
import { deliveredSequence, receiverOf } from "./conversations.js";

const MAX_CONTENT_BYTES = 65_536;
const FORBIDDEN_CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Returns the content to store, or throws: 1 to 65,536 bytes of UTF-8, no control characters but newline and tab. */
export function checkedContent(content) {
  if (typeof content !== "string" || content.length === 0) throw new Refused("invalid", "Content must not be empty.");
  const normal = content.includes("\r\n") ? content.replaceAll("\r\n", "\n") : content;
  if (normal.length > MAX_CONTENT_BYTES / 4 && Buffer.byteLength(normal) > MAX_CONTENT_BYTES) {
    throw new Refused("too_long", "Content is at most 65,536 bytes long.");
  }
  if (FORBIDDEN_CONTROLS.test(normal)) throw new Refused("invalid", "Content has control characters.");
  return normal;
}

/** Stores one message in the commit of this iteration. Calls `done(error, message, isNew)` after the commit. */
export function storeMessage(store, conversation, sender, content, clientId, done) {
  store.write(
    () => {
      const earlier = clientId === null ? undefined : store.messageOfClient.get(sender, clientId);
      if (earlier) return { message: wireMessage(conversation, earlier), isNew: false };
      return { message: insert(store, conversation, sender, content, clientId), isNew: true };
    },
    (error, stored) => (error ? done(error) : done(null, stored.message, stored.isNew)),
  );
}

function insert(store, conversation, sender, content, clientId) {
  const timestamp = new Date().toISOString();
  const messageId = randomUUID();
  const sequence = conversation.lastSequence + 1;
  store.addMessage.run(conversation.id, sequence, messageId, sender, content, timestamp, clientId);
  conversation.lastSequence = sequence;
  const receiver = receiverOf(conversation, sender);
  return { sender, receiver, content, timestamp, deliveredToAll: false, messageId, sequence, clientId };
}

/** Returns a page of messages, oldest first: the newest, or those before or after a sequence (exclusive). */
export function page(store, conversation, { before, after, limit = DEFAULT_PAGE }) {
  const count = Math.min(limit, MAX_PAGE);
  const rows = after === undefined
    ? store.pageBefore.all(conversation.id, before ?? Number.MAX_SAFE_INTEGER, count).reverse()
    : store.pageAfter.all(conversation.id, after, count);
  const deliveredFrom = new Map();
  return rows.map((row) => wireMessage(conversation, row, deliveredFrom));
}

function wireMessage(conversation, row, deliveredFrom = new Map()) {
  const { sender, content, timestamp, messageId, sequence, clientId } = row;
  let delivered = deliveredFrom.get(sender);
  if (delivered === undefined) deliveredFrom.set(sender, (delivered = deliveredSequence(conversation, sender)));
  const receiver = receiverOf(conversation, sender);
  return { sender, receiver, content, timestamp, deliveredToAll: sequence <= delivered, messageId, sequence, clientId };
}
