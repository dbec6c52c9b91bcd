/** The shape of everything that crosses the wire, and the constants of protocol.js. The page does not load this file. */

export interface User {
  firstName: string;
  lastName: string;
  username: string;
  isOnline: boolean;
  lastSeen?: string | null; // ISO 8601; now for who is online, null if it is not shown
  hasNamesake?: boolean; // whether the name looks like that of another person
  isGuest?: boolean; // whether their role in the whole system is that of a guest
  isBot?: boolean; // whether it is an account of a program
  statusText?: string;
  timeZone?: string; // an IANA name
  picture?: string; // the last part of its address
  profileRevision?: number; // of the newer of two states of the profile it is higher
}

/** What a person shows of themselves. Texts may be empty. */
export interface Profile {
  username: string;
  firstName: string;
  lastName: string;
  statusText: string;
  timeZone: string;
  picture: string | null;
  profileRevision: number;
  isGuest?: boolean;
  isBot?: boolean;
}

/** `start` and `end` count UTF-16 code units, as strings are indexed. */
export interface Mention {
  start: number;
  end: number;
  kind: "user" | "group" | "here";
  username?: string; // of a mention of a user
  mine?: boolean; // whether `@here` means me; missing in an event for all members
}

/** What the page at an address in the text says of itself; of the texts only the title is never empty. */
export interface LinkPreview {
  url: string;
  title: string;
  description: string;
  siteName: string;
  picture: { hash: string, width: number, height: number } | null;
}

export interface Message {
  sender: string; // a username
  receiver: string; // a username, or a groupId
  content: string;
  timestamp: string; // ISO 8601, UTC
  deliveredToAll: boolean;
  messageId: string;
  sequence: number; // dense from 1 in its conversation
  revision: number; // of its conversation, at which it was stored
  clientId?: string | null;
  changedRevision?: number; // of its conversation, at which it last changed
  editedAt?: string; // ISO 8601, UTC
  deletedAt?: string;
  deletedBy?: string; // a username
  pinnedAt?: string;
  pinnedBy?: string;
  reactions?: Reaction[];
  mentions?: Mention[];
  linkPreviews?: LinkPreview[];
  replyTo?: Quote;
  poll?: import("./polls/types.js").Poll;
  forwarded?: import("./personalprotocol.js").Forwarded;
  threadId?: string; // the groupId of its thread
  files?: File[];
}

export type FileKind = "picture" | "video" | "audio" | "pdf" | "text" | "other";

/** A file of a message. */
export interface File {
  fileId: string; // `<messageId>-<n>`, n from 1
  name: string;
  type: string; // a media type
  kind: FileKind;
  size: number; // bytes
  width?: number; // of a picture or a video, in CSS pixels
  height?: number;
  placeholder?: string; // a ThumbHash in base64
  previews?: { width: number, height: number }[]; // the smallest first
  alt?: string; // what a picture shows, in the sender's words
  seconds?: number; // of a video or a sound
  waveform?: number[]; // loudness from 0 to 100
  isVoice?: boolean; // whether it was recorded as a message
}

/** A file in the list of a conversation's files, and its message. */
export type ListedFile = { file: File, messageId: string, sequence: number, sender: string, timestamp: string };

/** Pictures and videos, voice messages, or what is neither. */
export type FileChoice = "media" | "voice" | "other";

export type FilePage = { files: ListedFile[], more: boolean };

/** With the first 20 usernames. */
export type Reaction = { emoji: string, count: number, usernames: string[], mine?: boolean };

/** Null if I may not see the message. */
export type Quote = { sequence: number, sender: string | null, content: string | null, file?: { name: string, kind: FileKind } };

export interface UpdateOnly {
  reacted: { username: string, emoji: string, on: boolean }[];
  content?: string; // if it changed
}

export type Update = UpdateOnly & Pick<Message, "messageId" | "sequence" | "changedRevision" | "editedAt" | "deletedAt" | "deletedBy" | "pinnedAt" | "pinnedBy" | "reactions" | "replyTo" | "poll" | "forwarded" | "mentions" | "linkPreviews" | "files">;

export type Version = { content: string, writtenAt: string };

export type Role = "owner" | "admin" | "member";

/** All members of a group, or its admins and owners. */
export type Audience = "everybody" | "admins";

/** Of a group, but its name. The last one is that of any conversation. */
export interface Details {
  topic: string; // one line, or nothing
  description: string; // some lines, or nothing
  sharesHistory: boolean; // whether a member sees what was said before they joined
  isPublic: boolean; // whether every user finds the group and may join it
  writers: Audience; // who may write
  pinners: Audience; // who may pin messages
  retentionDays: number; // after how many days messages are erased; 0: when the system's are over
  erasedSequence: number; // the last message that is erased, as are all before it
}

export type Online = { username: string, online: boolean };

/** How far a member has received and read; null if it is not shown. */
export type Marks = { username: string, deliveredSequence: number, readSequence: number | null };

export type Member = Marks & { role: Role };

export type Group = GroupFields & Details;

export interface GroupFields {
  groupName: string;
  groupId: string;
  users: User[];
  members: { username: string, role: Role }[];
  messages: Message[];
  createdAt: string; // ISO 8601, UTC
  role: Role; // mine
  revision: number;
}

export type PublicGroup = { groupId: string, groupName: string, topic: string, description: string, memberCount: number, isMember: boolean };

export type WireConversation = ConversationFields & Details;

export interface ConversationFields {
  receiver: string;
  group: boolean;
  name: string;
  lastMessage: Message | null;
  lastSequence: number;
  readSequence: number;
  unreadMentions: number[]; // sequences
  members: Member[]; // empty for large groups
  revision: number;
  createdAt: string; // ISO 8601, UTC
  role: Role; // mine
  preferences: Preferences; // mine
  threadOf?: Root | null; // of a thread
}

/** The message that a thread is about. */
export type Root = { receiver: string, group: boolean, sequence: number };

/** Which messages notify. */
export type Level = "default" | "all" | "mentions" | "none";

export type Preferences = { level: Level, unreadFrom: number | null, userRevision: number };

/** Hours such as "22:00", days as in ISO 8601. */
export type DoNotDisturb = { from: string, to: string, days: number[], timeZone: string };

export type Draft = { content: string, userRevision: number };

export interface Settings {
  sharesReads: boolean; // whether others see what I have read, and I what they have
  sharesLastSeen: boolean;
  sharesTyping: boolean;
  showsPreviews: boolean; // whether I see previews of links, and those in my messages are looked up
  showsContent: boolean;
  digest: "off" | "hourly" | "daily"; // how often an e-mail tells me of what I have missed, at most
  doNotDisturb: DoNotDisturb | null;
  userRevision: number;
}

export type Address = { receiver: string, group: boolean };

export type MessageChange = { kind: "message", revision: number, message: Message };

export type MembersChange = { kind: "members", revision: number, members: { username: string, role: Role | null }[] };

export type DetailsChange = { kind: "details", revision: number, name: string } & Details;

export type UpdateChange = { kind: "update", revision: number, update: Update };

/** Of one conversation. */
export type Change = MessageChange | UpdateChange | MembersChange | DetailsChange;

export type UserChange = Address & { kind: "conversation", userRevision: number, conversation: WireConversation | null };

export type PreferencesChange = Address & { kind: "preferences", userRevision: number, preferences: Preferences };

export type SettingsChange = { kind: "settings", userRevision: number, settings: Settings };

export type DraftChange = Address & { kind: "draft", userRevision: number, draft: Draft };

/** What is mine alone. */
export type OwnChange = PreferencesChange | DraftChange | SettingsChange | import("./personalprotocol.js").SavedChange | import("./personalprotocol.js").BlockChange | import("./personalprotocol.js").ScheduledChange;

export type ChangeEvent = (Address & Change) | UserChange | OwnChange;

export interface ConversationSync {
  receiver: string;
  group: boolean;
  revision: number;
  startOver: boolean;
  conversation: WireConversation | null;
  changes: Change[];
  readSequence: number;
  members: Member[];
}

export type Sync = { userRevision: number, more: boolean, conversations: ConversationSync[], gone: Address[], changes: OwnChange[], names: number, renamed: (Renamed | PersonRemoved)[] } & Retention;

/** After how many days the system erases messages; 0: never. */
export type Retention = { retentionDays: number };

/** What would be erased; `more`: at least that. */
export type RetentionPreview = { messages: number, conversations: number, more: boolean };

/** A change of a username. `number` counts those of all people. */
export type Renamed = { number: number, username: string, newUsername: string, isRemoved?: true };

/** Somebody was removed while this page was away. */
export type PersonRemoved = { number: number, isRemoved: true };

export type KnownConversation = Address & { revision: number, watermarks: number };

/** A message that a search has found. `fileRanges` has the matches in the name of each of its files. */
export type Hit = Address & { message: Message, ranges: [number, number][], fileRanges: [number, number][][] };

export type SearchPage = { hits: Hit[], more: boolean, cursor: string | null };

export type Receipt = Address & Marks;

export type Typing = Address & { username: string };

/** When a watermark passed a message; the latest time possible if it is not exact. */
export type Passed = { at: string | null, isExact: boolean };

export type MessageReceipt = { username: string, delivered: Passed | null, read: Passed | null, showsReads: boolean };

export type Failure = { code: string, message: string, details?: unknown };

/** With whatever else the event answers. */
export type Ack = { success: boolean, response?: any, preferences?: any, draft?: any, error?: Failure };

export type SendPayload = { sender: string, receiver: string, content: string, clientId: string, replyTo?: number, files?: FileToSend[] };

/** A file that is uploaded, in a message that is sent. */
export interface FileToSend {
  uploadId: string;
  alt?: string; // what a picture shows
  width?: number; // of a video, in CSS pixels
  height?: number;
  seconds?: number; // of a video or a sound
  waveform?: number[]; // up to 64 values from 0 to 100
  isVoice?: boolean;
}

export type MessageEvent = { response: Message };

export const NAMESPACE: string;
export const SOCKET_PATH: string;
type Names<Name extends string> = Readonly<Record<Name, string>>;
export const CALL: Names<"privateMessage" | "groupMessage" | "forwardMessage" | "markRead" | "sync" | "setPreferences" | "saveDraft" | "look" | "typing">;
export const EVENT: Names<"message" | "change" | "delivered" | "online" | "profile" | "renamed" | "retention" | "receipt" | "typing" | "tokenExpired">;
export const CONTENT_BYTES_MAX: number;
export const GROUP_NAME_CHARACTERS_MAX: number;
export const TOPIC_CHARACTERS_MAX: number;
export const DESCRIPTION_CHARACTERS_MAX: number;
export const STATUS_CHARACTERS_MAX: number;
export const PICTURE_BYTES_MAX: number;
export const ALT_CHARACTERS_MAX: number;
export const PAGE_SIZE: number;
export const SYNC_CONVERSATIONS_MAX: number;
