/** Counts the connections of each user, and announces who is online. */
export class Presence {
  #connections = new Map();
  #announced = new Set();
  #changed = new Set();

  constructor(namespace) {
    this.namespace = namespace;
  }

  isOnline(username) {
    return this.#connections.has(username);
  }

  opened(username) {
    const count = (this.#connections.get(username) ?? 0) + 1;
    this.#connections.set(username, count);
    if (count === 1) this.#announceLater(username);
  }

  closed(username) {
    const count = this.#connections.get(username) - 1;
    if (count > 0) {
      this.#connections.set(username, count);
    } else {
      this.#connections.delete(username);
      this.#announceLater(username);
    }
  }

  /** Announces changes after the event-loop iteration, so that connections closed in it are not written to. */
  #announceLater(username) {
    if (this.#changed.size === 0) setImmediate(() => this.#announce());
    this.#changed.add(username);
  }

  #announce() {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const username of changed) {
      const online = this.isOnline(username);
      if (online === this.#announced.has(username)) continue;
      if (online) this.#announced.add(username);
      else this.#announced.delete(username);
      this.namespace.emit("onlineStatus", { username, online });
    }
  }
}
