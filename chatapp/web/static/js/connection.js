/** The Socket.IO connection. Nothing else on the page touches the socket. */

import { io } from "socket.io-client";
import { sessionToken } from "./api.js";
import { cookieReachesSocket, socketOrigin } from "./config.js";
import { EVENT, NAMESPACE, SOCKET_PATH } from "./protocol.js";

/**
 * @typedef {import("./protocol.js").Ack} Ack
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Online} Online
 * @typedef {import("./protocol.js").Receipt} Receipt
 */

/**
 * The handlers of the server's events.
 * @typedef {object} Handlers
 * @property {() => void} onConnected subscribed: everything from now on arrives by itself
 * @property {(isTrying: boolean) => void} onDisconnected
 * @property {() => void} onRefused the server does not accept the session
 * @property {() => void} onTokenExpired
 * @property {(message: Message) => void} onMessage
 * @property {(change: import("./protocol.js").ChangeEvent) => void} onChange
 * @property {(message: Message) => void} onDelivered
 * @property {(online: Online) => void} onOnline
 * @property {(profile: import("./protocol.js").Profile) => void} onProfile
 * @property {(renamed: import("./protocol.js").Renamed) => void} onRenamed
 * @property {(retention: import("./protocol.js").Retention) => void} onRetention
 * @property {(receipt: Receipt) => void} onReceipt
 * @property {(typing: import("./protocol.js").Typing) => void} onTyping
 */

const RETRY_FIRST_MILLISECONDS = 500;
const RETRY_LAST_MILLISECONDS = 5_000;
const ACK_TIMEOUT_MILLISECONDS = 10_000;

/** @type {import("socket.io-client").Socket | null} */
let socket = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

/**
 * Opens the connection of this tab and keeps it open until `disconnect`.
 * @param {string} username confirms received messages in this name
 * @param {Handlers} handlers
 */
export function connect(username, handlers) {
  disconnect();
  socket = io(socketOrigin() + NAMESPACE, {
    path: SOCKET_PATH,
    withCredentials: true,
    forceNew: true,
    // After a network has died, a WebSocket opens a connection of its own, while polling may take one that is dead as well.
    rememberUpgrade: true,
    reconnectionDelay: RETRY_FIRST_MILLISECONDS,
    reconnectionDelayMax: RETRY_LAST_MILLISECONDS,
    auth: cookieReachesSocket() ? undefined : (give) => give({ token: sessionToken() }),
  });
  listenToServer(socket, username, handlers);
  listenToConnection(socket, handlers);
}

export function disconnect() {
  clearTimeout(retry);
  socket?.off();
  socket?.disconnect();
  socket = null;
}

/** Reconnects without waiting for the next try: the network is back, or the user asks. */
export function retryNow() {
  if (!socket || socket.connected) return;
  clearTimeout(retry);
  socket.disconnect().connect();
}

/** The browser reports that the network is gone. The socket itself would notice at the next heartbeat only. */
export function dropConnection() {
  socket?.io.engine?.close();
}

/**
 * @param {string} event
 * @param {object} payload
 * @returns {Promise<Ack>} the server's answer; a failure with the code `offline` or `timeout` if none came
 */
export async function call(event, payload) {
  if (!socket?.connected) return unanswered("offline");
  try {
    return await socket.timeout(ACK_TIMEOUT_MILLISECONDS).emitWithAck(event, payload);
  } catch {
    return unanswered(socket?.connected ? "timeout" : "offline");
  }
}

/**
 * Sends what may be lost, and needs no answer.
 * @param {string} event
 * @param {object} payload
 */
export function tell(event, payload) {
  if (socket?.connected) socket.emit(event, payload);
}

/** @returns {Ack} */
function unanswered(/** @type {string} */ code) {
  return { success: false, error: { code, message: "" } };
}

/**
 * @param {import("socket.io-client").Socket} opened
 * @param {string} username
 * @param {Handlers} handlers
 */
function listenToServer(opened, username, handlers) {
  opened.on(EVENT.message, (event, confirm) => {
    if (typeof confirm === "function") confirm({ success: true, receiver: username });
    handlers.onMessage(event.response);
  });
  opened.on(EVENT.delivered, (event) => handlers.onDelivered(event.response));
  opened.on(EVENT.online, handlers.onOnline);
  opened.on(EVENT.profile, handlers.onProfile);
  opened.on(EVENT.renamed, handlers.onRenamed);
  opened.on(EVENT.retention, handlers.onRetention);
  opened.on(EVENT.change, handlers.onChange);
  opened.on(EVENT.receipt, handlers.onReceipt);
  opened.on(EVENT.typing, handlers.onTyping);
  opened.on(EVENT.tokenExpired, handlers.onTokenExpired);
}

/**
 * @param {import("socket.io-client").Socket} opened
 * @param {Handlers} handlers
 */
function listenToConnection(opened, handlers) {
  opened.on("connect", handlers.onConnected);
  opened.on("disconnect", () => {
    handlers.onDisconnected(navigator.onLine);
    if (!opened.active) retryLater(opened);
  });
  opened.on("connect_error", () => {
    handlers.onDisconnected(navigator.onLine);
    if (opened.active) return;
    handlers.onRefused();
    retryLater(opened);
  });
}

/**
 * After a refusal, or a disconnect that the server asked for, socket.io-client does not try again by itself.
 * @param {import("socket.io-client").Socket} opened
 */
function retryLater(opened) {
  clearTimeout(retry);
  retry = setTimeout(() => opened === socket && opened.connect(), RETRY_LAST_MILLISECONDS);
}
