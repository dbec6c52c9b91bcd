/** The users of one server, with their tokens, conversations and connections. */
import { createGroup, inParallel, login } from "./http.js";
import { Ledger } from "./ledger.js";
import { Connection } from "./wire.js";

const WIDTH = 32;

export class Session {
  /** @param {{httpPort: number, wsPort: number, pid: number}} server */
  constructor(server) {
    Object.assign(this, server);
    this.tokens = [];
    this.connections = [];
    this.conversations = {};
    this.ledger = new Ledger(0);
    this.lost = 0;
    this.isLeaving = false;
  }

  async login(count) {
    await inParallel(count, WIDTH, async (index) => {
      this.tokens[index] = await login(this.httpPort, `user${index}`);
    });
  }

  /** Opens one connection for each of the first `count` users. */
  async connect(count) {
    await inParallel(count, WIDTH, async (index) => {
      this.connections[index] = await this.open(index);
    });
  }

  open(index) {
    return new Promise((resolve, reject) => {
      const handler = {
        opened: resolve,
        event: (...packet) => this.ledger.event(...packet),
        ack: (...packet) => this.ledger.ack(...packet),
        closed: (closed) => {
          this.lost += this.isLeaving ? 0 : 1;
          if (!closed.isOpen) reject(new Error(`No connection for ${closed.username}: ${closed.refusal ?? "closed"}`));
        },
      };
      const where = { port: this.wsPort, username: `user${index}`, token: this.tokens[index] };
      new Connection(where, handler).waiting = new Map();
    });
  }

  /** Creates groups over HTTP and returns their ids. */
  async addGroupsOf(count, usernames) {
    const groups = [];
    for (let index = 0; index < count; index++) {
      groups.push(await createGroup(this.httpPort, this.tokens[0], `group ${index}`, usernames));
    }
    return { groups };
  }

  /** Creates `count` disjoint groups of `size` users: user0 to user<size - 1> are the first group. */
  async addGroups(work, count, size) {
    this.conversations[work] = [];
    for (let index = 0; index < count; index++) {
      const members = Array.from({ length: size }, (_, offset) => index * size + offset);
      const usernames = members.map((member) => `user${member}`);
      const id = await createGroup(this.httpPort, this.tokens[members[0]], `${work} ${index}`, usernames);
      this.conversations[work].push({ isGroup: true, id, indexes: members });
    }
  }

  addPairs(work, count) {
    this.conversations[work] = Array.from({ length: count }, (_, index) => {
      return { isGroup: false, id: null, indexes: [2 * index, 2 * index + 1] };
    });
  }

  /** Returns the conversations of a workload, with the open connections of their members. */
  conversationsOf(work) {
    return this.conversations[work].map((conversation) => {
      return { ...conversation, members: conversation.indexes.map((index) => this.connections[index]) };
    });
  }

  leave() {
    this.isLeaving = true;
    for (const connection of this.connections) connection?.leave();
    this.connections = [];
  }
}
