/**
 * The wire: the names of the events and the shape of everything that crosses it.
 *
 * @typedef {object} User
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} username
 * @property {boolean} isOnline
 * @property {string | null} [lastSeen] ISO 8601; now for who is online, null if it is not shown
 *
 * @typedef {object} Message
 * @property {string} sender a username
 * @property {string} receiver a username, or a groupId
 * @property {string} content
 * @property {string} timestamp ISO 8601, UTC
 * @property {boolean} deliveredToAll
 * @property {string} messageId
 * @property {number} sequence dense from 1 in its conversation
 * @property {number} revision of its conversation, at which it was stored
 * @property {string | null} [clientId]
 * @property {number} [changedRevision] of its conversation, at which it last changed
 * @property {string} [editedAt] ISO 8601, UTC
 * @property {string} [deletedAt]
 * @property {string} [deletedBy] a username
 * @property {string} [pinnedAt]
 * @property {string} [pinnedBy]
 * @property {Reaction[]} [reactions]
 * @property {Quote} [replyTo]
 * @property {import("./polls/types.js").Poll} [poll]
 *
 * @typedef {{ emoji: string, count: number, usernames: string[], mine?: boolean }} Reaction with the first 20 usernames
 * @typedef {{ sequence: number, sender: string | null, content: string | null }} Quote null if I may not see the message
 *
 * @typedef {object} UpdateOnly
 * @property {{ username: string, emoji: string, on: boolean }[]} reacted
 * @property {string} [content] if it changed
 * @typedef {UpdateOnly & Pick<Message, "messageId" | "sequence" | "changedRevision" | "editedAt" | "deletedAt" | "deletedBy" | "pinnedAt" | "pinnedBy" | "reactions" | "replyTo" | "poll">} Update
 * @typedef {{ content: string, writtenAt: string }} Version
 *
 * @typedef {"owner" | "admin" | "member"} Role
 * @typedef {"everybody" | "admins"} Audience all members of a group, or its admins and owners
 *
 * @typedef {object} Details of a group, but its name
 * @property {string} topic one line, or nothing
 * @property {string} description some lines, or nothing
 * @property {boolean} sharesHistory whether a member sees what was said before they joined
 * @property {boolean} isPublic whether every user finds the group and may join it
 * @property {Audience} writers who may write
 * @property {Audience} pinners who may pin messages
 *
 * @typedef {{ username: string, online: boolean }} Online
 * @typedef {{ username: string, deliveredSequence: number, readSequence: number | null }} Marks how far a member has received and read; null if it is not shown
 * @typedef {Marks & { role: Role }} Member
 *
 * @typedef {GroupFields & Details} Group
 * @typedef {object} GroupFields
 * @property {string} groupName
 * @property {string} groupId
 * @property {User[]} users
 * @property {{ username: string, role: Role }[]} members
 * @property {Message[]} messages
 * @property {string} createdAt ISO 8601, UTC
 * @property {Role} role mine
 * @property {number} revision
 *
 * @typedef {{ groupId: string, groupName: string, topic: string, description: string, memberCount: number, isMember: boolean }} PublicGroup
 *
 * @typedef {ConversationFields & Details} WireConversation
 * @typedef {object} ConversationFields
 * @property {string} receiver
 * @property {boolean} group
 * @property {string} name
 * @property {Message | null} lastMessage
 * @property {number} lastSequence
 * @property {number} readSequence
 * @property {Member[]} members empty for large groups
 * @property {number} revision
 * @property {string} createdAt ISO 8601, UTC
 * @property {Role} role mine
 * @property {Preferences} preferences mine
 *
 * @typedef {"all" | "none"} Level which messages notify
 * @typedef {{ level: Level, unreadFrom: number | null, userRevision: number }} Preferences
 * @typedef {{ from: string, to: string, days: number[], timeZone: string }} DoNotDisturb hours such as "22:00", days as in ISO 8601
 * @typedef {{ content: string, userRevision: number }} Draft
 * @typedef {object} Settings
 * @property {boolean} sharesReads whether others see what I have read, and I what they have
 * @property {boolean} sharesLastSeen
 * @property {boolean} sharesTyping
 * @property {DoNotDisturb | null} doNotDisturb
 * @property {number} userRevision
 *
 * @typedef {{ receiver: string, group: boolean }} Address
 * @typedef {{ kind: "message", revision: number, message: Message }} MessageChange
 * @typedef {{ kind: "members", revision: number, members: { username: string, role: Role | null }[] }} MembersChange
 * @typedef {{ kind: "details", revision: number, name: string } & Details} DetailsChange
 * @typedef {{ kind: "update", revision: number, update: Update }} UpdateChange
 * @typedef {MessageChange | UpdateChange | MembersChange | DetailsChange} Change of one conversation
 * @typedef {Address & { kind: "conversation", userRevision: number, conversation: WireConversation | null }} UserChange
 * @typedef {Address & { kind: "preferences", userRevision: number, preferences: Preferences }} PreferencesChange
 * @typedef {{ kind: "settings", userRevision: number, settings: Settings }} SettingsChange
 * @typedef {Address & { kind: "draft", userRevision: number, draft: Draft }} DraftChange
 * @typedef {PreferencesChange | DraftChange | SettingsChange} OwnChange what is mine alone
 * @typedef {(Address & Change) | UserChange | OwnChange} ChangeEvent
 *
 * @typedef {object} ConversationSync
 * @property {string} receiver
 * @property {boolean} group
 * @property {number} revision
 * @property {boolean} startOver
 * @property {WireConversation | null} conversation
 * @property {Change[]} changes
 * @property {number} readSequence
 * @property {Member[]} members
 *
 * @typedef {{ userRevision: number, more: boolean, conversations: ConversationSync[], gone: Address[], changes: OwnChange[] }} Sync
 * @typedef {Address & { revision: number, watermarks: number }} KnownConversation
 *
 * @typedef {Address & { message: Message, ranges: [number, number][] }} Hit a message that a search has found
 * @typedef {{ hits: Hit[], more: boolean, cursor: string | null }} SearchPage
 *
 * @typedef {Address & Marks} Receipt
 * @typedef {Address & { username: string }} Typing
 * @typedef {{ at: string | null, isExact: boolean }} Passed when a watermark passed a message; the latest time possible if it is not exact
 * @typedef {{ username: string, delivered: Passed | null, read: Passed | null, showsReads: boolean }} MessageReceipt
 * @typedef {{ code: string, message: string, details?: unknown }} Failure
 * @typedef {{ success: boolean, response?: any, preferences?: any, draft?: any, error?: Failure }} Ack and whatever else the event answers
 * @typedef {{ sender: string, receiver: string, content: string, clientId: string, replyTo?: number }} SendPayload
 * @typedef {{ response: Message }} MessageEvent
 */

export const NAMESPACE = "/chat";
export const SOCKET_PATH = "/socket.io";

/** Client to server, each with an ack. */
export const CALL = Object.freeze({
  privateMessage: "privateMessage",
  groupMessage: "groupMessage",
  markRead: "markRead",
  sync: "sync",
  setPreferences: "setPreferences",
  saveDraft: "saveDraft",
  look: "look",
  typing: "typing",
});

/** Server to client. */
export const EVENT = Object.freeze({
  message: "response",
  change: "change",
  delivered: "updateDeliveryStatusOnConnection",
  online: "onlineStatus",
  receipt: "receipt",
  typing: "typing",
  tokenExpired: "token-expired",
});

/** The server's limits, checked here first so that the page can warn while the user types. */
export const CONTENT_BYTES_MAX = 65_536;
export const GROUP_NAME_CHARACTERS_MAX = 100;
export const TOPIC_CHARACTERS_MAX = 250;
export const DESCRIPTION_CHARACTERS_MAX = 2_000;
export const PAGE_SIZE = 100;
/** The server answers for up to 20,000 conversations. A packet with this number stays well under the size limit. */
export const SYNC_CONVERSATIONS_MAX = 5_000;
