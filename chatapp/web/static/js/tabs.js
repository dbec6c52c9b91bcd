/** Messages between the tabs of a browser. They share the disk, so each reports its changes to the others. */

import { ownName } from "./config.js";

/**
 * @typedef {{ type: "entry", entry: import("./models/outbox.js").OutboxEntry }
 *   | { type: "gone", clientId: string, message: import("./protocol.js").Message | null }
 *   | { type: "draft", owner: string, key: string, text: string }
 *   | { type: "tray", owner: string, key: string, files: import("./models/outbox.js").OutboxFile[] }
 *   | { type: "progress", id: string, share: number }
 *   | { type: "session", username: string }} TabMessage
 */

const channel = openChannel();

/** A browser that forbids storage may forbid this channel too. */
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
