/** Other tabs of the same browser: they share the disk, so each tells the rest what it has changed there. */

import { ownName } from "./config.js";

/**
 * @typedef {{ type: "entry", entry: import("./models/outbox.js").OutboxEntry }
 *   | { type: "gone", clientId: string, message: import("./protocol.js").Message | null }
 *   | { type: "draft", owner: string, key: string, text: string }
 *   | { type: "session", username: string }} TabMessage
 */

const channel = openChannel();

/** A browser that forbids storage may forbid this with it. */
function openChannel() {
  try {
    return new BroadcastChannel(ownName("chatapp"));
  } catch {
    return null;
  }
}

/** @param {TabMessage} message */
export function tellTabs(message) {
  channel?.postMessage(message);
}

/** @param {(message: TabMessage) => void} listener */
export function onTabMessage(listener) {
  channel?.addEventListener("message", (event) => listener(event.data));
}
