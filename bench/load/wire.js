/**
 * One chat connection on a plain TCP socket. It implements the WebSocket, Engine.IO and Socket.IO framing that the
 * benchmark needs, because a complete client would cost more than the servers under test.
 *
 * All sockets share one read buffer (`onread`), frames are parsed in place, and the acks of a read leave in one write.
 * Only unmasked, unfragmented text frames and control frames are accepted, as a server may send them here.
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const READ_BUFFER_BYTES = 256 * 1024;
const MASK = randomBytes(4);
const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
const CHAT = "/chat,";
const EVENT_HEAD_BYTES = "42/chat,".length;

const readBuffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);

export class Connection {
  /**
   * @param {{port: number, username: string, token: string}} where
   * @param {{opened, event, ack, closed}} handler `event(connection, packet, bodyAt, ackId)` for every server event
   */
  constructor({ port, username, token }, handler) {
    Object.assign(this, { username, token, handler, isOpen: false, rest: null, out: [], nextAck: 0, refusal: null });
    this.ackTail = `[{"success":true,"receiver":"${username}"}]`;
    this.receive = this.#handshake;
    const onread = { buffer: readBuffer, callback: (count, buffer) => this.#read(count, buffer) };
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true, onread });
    this.socket.on("connect", () => this.socket.write(upgradeRequest(port)));
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.handler.closed(this));
  }

  /** Sends an event that expects an ack, and returns the ack's id. */
  emit(name, payload) {
    const id = this.nextAck++;
    this.#queue(`42${CHAT}${id}${JSON.stringify([name, payload])}`);
    this.#flush();
    return id;
  }

  /** Queues the ack of a server event. It is sent with the other acks of this read. */
  confirm(ackId) {
    this.#queue(`43${CHAT}${ackId}${this.ackTail}`);
  }

  /** Drops the TCP connection, as a closed browser does. */
  leave() {
    this.socket.destroy();
  }

  #read(count, buffer) {
    let data = buffer.subarray(0, count);
    if (this.rest !== null) {
      data = Buffer.concat([this.rest, data]);
      this.rest = null;
    }
    const used = this.receive(data);
    if (used < data.length) this.rest = Buffer.from(data.subarray(used));
    this.#flush();
    return true;
  }

  #handshake(data) {
    const end = data.indexOf("\r\n\r\n");
    if (end < 0) return 0;
    if (!data.subarray(0, 12).equals(Buffer.from("HTTP/1.1 101"))) throw new Error(data.latin1Slice(0, end));
    this.receive = this.#frames;
    return end + 4 + this.#frames(data.subarray(end + 4));
  }

  #frames(data) {
    let at = 0;
    while (data.length - at >= 2) {
      let length = data[at + 1];
      let body = at + 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(body);
        body += 2;
      } else if (length > 126) {
        throw new Error("A frame is masked or larger than any message of this benchmark.");
      }
      if (data.length - body < length) break;
      this.#frame(data[at], data, body, body + length);
      at = body + length;
    }
    return at;
  }

  #frame(head, data, start, end) {
    if (head === TEXT) this.#packet(data, start, end);
    else if (head === PING) this.out.push(frame(PONG, data.latin1Slice(start, end)));
    else if (head === CLOSE) this.socket.end();
    else if (head !== PONG) throw new Error(`Unexpected frame head ${head}.`);
  }

  #packet(data, start, end) {
    const engine = data[start];
    const type = data[start + 1];
    if (engine === 0x34 && type === 0x32) return this.#event(data, start, end);
    if (engine === 0x34 && type === 0x33) return this.#ack(data, start, end);
    if (engine === 0x32) return this.#queue("3");
    if (engine === 0x30) return this.#queue(`40${CHAT}${JSON.stringify({ token: this.token })}`);
    if (engine === 0x34 && type === 0x30) return this.#opened();
    if (engine === 0x36) return undefined;
    if (engine === 0x34 && type === 0x34) return this.#refused(data.toString("utf8", start, end));
    throw new Error(`Unexpected packet for ${this.username}: ${data.latin1Slice(start, Math.min(end, start + 200))}`);
  }

  #opened() {
    this.isOpen = true;
    this.handler.opened(this);
  }

  #refused(text) {
    this.refusal = text;
    this.leave();
  }

  #event(data, start, end) {
    let at = start + EVENT_HEAD_BYTES;
    let ackId = -1;
    for (; data[at] !== 0x5b; at++) ackId = (ackId < 0 ? 0 : ackId * 10) + data[at] - 0x30;
    this.handler.event(this, data, at, end, ackId);
  }

  #ack(data, start, end) {
    let at = start + EVENT_HEAD_BYTES;
    let id = 0;
    for (; data[at] !== 0x5b; at++) id = id * 10 + data[at] - 0x30;
    this.handler.ack(this, id, data, at, end);
  }

  #queue(text) {
    this.out.push(frame(TEXT, text));
  }

  #flush() {
    if (this.out.length === 0 || this.socket.destroyed) return;
    this.socket.write(this.out.length === 1 ? this.out[0] : Buffer.concat(this.out));
    this.out = [];
  }
}

/** A masked client frame of ASCII text, at most 64 KiB. */
function frame(head, text) {
  const length = text.length;
  const start = length < 126 ? 6 : 8;
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = head;
  if (length < 126) {
    bytes[1] = 0x80 | length;
  } else {
    bytes[1] = 0xfe;
    bytes.writeUInt16BE(length, 2);
  }
  MASK.copy(bytes, start - 4);
  bytes.latin1Write(text, start);
  for (let at = 0; at < length; at++) bytes[start + at] ^= MASK[at & 3];
  return bytes;
}

function upgradeRequest(port) {
  return (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n" +
    `Host: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\n` +
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`
  );
}
