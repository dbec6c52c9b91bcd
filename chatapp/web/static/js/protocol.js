/** The wire: the names of the events, and its limits. The shapes of what crosses it are in protocol.d.ts. */

export const NAMESPACE = "/chat";
export const SOCKET_PATH = "/socket.io";

/** Client to server, each with an ack. */
export const CALL = Object.freeze({
  privateMessage: "privateMessage",
  groupMessage: "groupMessage",
  forwardMessage: "forwardMessage",
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
  profile: "profile",
  renamed: "usernameChanged",
  retention: "retention",
  receipt: "receipt",
  typing: "typing",
  tokenExpired: "token-expired",
});

/** The server's limits, checked here first so that the page can warn while the user types. */
export const CONTENT_BYTES_MAX = 65_536;
export const GROUP_NAME_CHARACTERS_MAX = 100;
export const TOPIC_CHARACTERS_MAX = 250;
export const DESCRIPTION_CHARACTERS_MAX = 2_000;
export const STATUS_CHARACTERS_MAX = 100;
export const PICTURE_BYTES_MAX = 5_000_000;
export const ALT_CHARACTERS_MAX = 1_000;
export const PAGE_SIZE = 100;
/** The server answers for up to 20,000 conversations. A packet with this number stays well under the size limit. */
export const SYNC_CONVERSATIONS_MAX = 5_000;
