/**
 * The wire: the names of the events and the shape of everything that crosses it.
 *
 * @typedef {{ firstName: string, lastName: string, username: string, isOnline: boolean }} User
 *
 * @typedef {object} Message
 * @property {string} sender a username
 * @property {string} receiver a username, or a groupId
 * @property {string} content
 * @property {string} timestamp ISO 8601, UTC
 * @property {boolean} deliveredToAll
 * @property {string} messageId
 * @property {number} sequence dense from 1 in its conversation
 * @property {string | null} [clientId]
 *
 * @typedef {{ groupName: string, groupId: string, users: User[], messages: Message[], createdAt: string }} Group
 * @typedef {{ username: string, online: boolean }} Online
 * @typedef {{ username: string, deliveredSequence: number, readSequence: number }} Marks
 *
 * @typedef {object} WireConversation
 * @property {string} receiver
 * @property {boolean} group
 * @property {string} name
 * @property {Message | null} lastMessage
 * @property {number} lastSequence
 * @property {number} readSequence
 * @property {number} unread
 * @property {Marks[]} [members] left out for large groups
 *
 * @typedef {{ receiver: string, group: boolean } & Marks} Receipt
 * @typedef {{ code: string, message: string, details?: unknown }} Failure
 * @typedef {{ success: boolean, response?: any, error?: Failure }} Ack
 * @typedef {{ sender: string, receiver: string, content: string, clientId: string }} SendPayload
 * @typedef {{ response: Message }} MessageEvent
 */

export const NAMESPACE = "/chat";
export const SOCKET_PATH = "/socket.io";

/** Client to server, each with an ack. */
export const CALL = Object.freeze({
  privateMessage: "privateMessage",
  groupMessage: "groupMessage",
  markRead: "markRead",
});

/** Server to client. */
export const EVENT = Object.freeze({
  message: "response",
  delivered: "updateDeliveryStatusOnConnection",
  online: "onlineStatus",
  newGroup: "newgrp",
  receipt: "receipt",
  tokenExpired: "token-expired",
});

/** The server's limits, checked here first so that the sentence comes while one types. */
export const CONTENT_BYTES_MAX = 65_536;
export const GROUP_NAME_CHARACTERS_MAX = 100;
export const PAGE_SIZE = 100;
export const CATCH_UP_SIZE = 500;
