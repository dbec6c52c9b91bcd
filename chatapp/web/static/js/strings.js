/** Every text that users read. To translate the client, translate this file, groupstrings.js, messagestrings.js, personalstrings.js and searchstrings.js. */

import { groupStrings } from "./groupstrings.js";
import { isolated } from "./models/bidi.js";
import { messageStrings } from "./messagestrings.js";
import { personalSay } from "./personalstrings.js";
import { searchSay } from "./searchstrings.js";

export const LOCALE = undefined;
/** The page's own direction, whatever the direction of a message is. */
export const DIRECTION = "ltr";

const plural = new Intl.PluralRules(LOCALE ?? "en");

/**
 * @param {number} count
 * @param {string} one
 * @param {string} other
 */
function counted(count, one, other) {
  return `${count.toLocaleString(LOCALE)} ${plural.select(count) === "one" ? one : other}`;
}

export const say = {
  appName: "chatapp",
  tagline: "Private and group chat on your own server.",

  signInTitle: "Sign in",
  signInPick: "Who are you?",
  signInPickHint: "Pick your name to start chatting.",
  signInFilter: "Find your name",
  signInNobody: "Nobody has an account here yet. Ask whoever runs this server to add you.",
  signInNoMatch: (/** @type {string} */ text) => `Nobody here is called “${isolated(text)}”.`,
  signInUsername: "Username",
  signInPassword: "Password",
  signInButton: "Sign in",
  signInBusy: "Signing in…",
  signInBack: "Somebody else",
  signInAs: "Sign in as",
  signInNeedsPassword: "This account has a password.",
  signInWrong: "That username and password do not belong together.",
  signInWrongName: "That name cannot sign in. It may have been removed.",
  signInIncomplete: "Type your username and your password.",
  signInOffline: "The server cannot be reached. Check your connection and try again.",
  signInTooMany: (/** @type {number} */ seconds) =>
    seconds > 0 ? `Too many attempts. Try again in ${counted(seconds, "second", "seconds")}.` : "Too many attempts. Try again later.",
  signInFailed: "Signing in did not work. Try again.",
  loadingPeople: "Loading people",
  peopleFailed: "The list of people could not be loaded.",
  sessionExpired: "Your session has ended. Sign in again to go on where you were.",
  signedOut: "You are signed out.",
  showPassword: "Show password",

  people: "People and groups",
  search: "Search people and groups",
  searchClear: "Clear search",
  newGroup: "New group",
  settings: "Settings",
  signOut: "Sign out",
  loading: "Loading…",
  online: "Online",
  offline: "Offline",
  you: "You",
  selfName: (/** @type {string} */ name) => `${isolated(name)} (you)`,
  selfHint: "A place for your own notes",
  listFailed: "The list could not be loaded.",
  listEmpty: "Nobody else is here yet",
  listEmptyHint: "As soon as somebody signs up, they appear in this list.",
  listNoMatch: (/** @type {string} */ text) => `Nothing found for “${isolated(text)}”`,
  listNoMatchHint: "Check the spelling, or start a new group.",
  noMessagesYet: "No messages yet",
  groupCreated: "Group created",
  previewYou: "You:",
  previewFrom: (/** @type {string} */ name) => `${isolated(name)}:`,
  previewDraft: "Draft:",
  unread: (/** @type {number} */ count) => counted(count, "unread message", "unread messages"),
  unreadShort: (/** @type {number} */ count) => (count > 99 ? "99+" : String(count)),
  members: (/** @type {number} */ count) => counted(count, "member", "members"),
  membersOnline: (/** @type {number} */ count) => `${count.toLocaleString(LOCALE)} online`,
  peopleOnline: (/** @type {number} */ count) => counted(count, "person online", "people online"),

  back: "Back to the list",
  details: "Details",
  chooseTitle: "Pick somebody to talk to",
  chooseHint: "Choose a person or a group from the list, or start a new group.",
  chooseShortcut: "shows every shortcut",
  messagesWith: (/** @type {string} */ name) => `Messages with ${isolated(name)}`,
  loadingMessages: "Loading messages",
  groupWaiting: "Group",
  groupUnknown: "Unknown group",
  missingPerson: (/** @type {string} */ username) => `Nobody here is called “${isolated(username)}”.`,
  missingGroup: "There is no such group, or you are not in it.",
  missingHint: "The link may be wrong or out of date.",
  leftGroup: "You are no longer in this group.",
  leftDraft: "What you had not sent yet",
  messagesFailed: "The messages could not be loaded.",
  olderFailed: "Older messages could not be loaded.",
  newerFailed: "Newer messages could not be loaded.",
  retry: "Try again",
  emptyPrivate: (/** @type {string} */ name) => `This is where your conversation with ${isolated(name)} begins.`,
  emptyGroup: (/** @type {string} */ name) => `${isolated(name)} is new. Say hello to everybody.`,
  emptySelf: "Only you can see what you write here.",
  startOf: "The beginning of this conversation",
  newMessages: "New messages",
  jumpToLatest: "Jump to the latest message",
  newBelow: (/** @type {number} */ count) => counted(count, "new message", "new messages"),
  today: "Today",
  yesterday: "Yesterday",

  tickSending: "Sending",
  tickStored: "Stored",
  tickDelivered: "Delivered to all",
  tickRead: "Read by all",
  tickFailed: "Not sent",
  failedRetry: "Retry",
  failedDiscard: "Discard",
  failedUnknown: "The server did not accept this message.",
  hiddenControl: (/** @type {string} */ code) => `Hidden character ${code}, which would change the order of the text`,
  showAll: "Show the whole message",
  showLess: "Show less",
  table: "Table",
  spoiler: "Spoiler, hidden. Show it",
  spoilerInPreview: "(spoiler)",
  codeCopy: "Copy the code",

  messageMenu: "More actions",
  composerLabel: (/** @type {string} */ name) => `Message to ${isolated(name)}`,
  composerPlaceholder: (/** @type {string} */ name) => `Message ${isolated(name)}`,
  composerHint: "Enter sends, Shift and Enter start a new line",
  send: "Send",
  formatting: "Formatting",
  formats: { bold: "Bold", italic: "Italic", strike: "Strikethrough", code: "Code", link: "Link", list: "List", quote: "Quote", spoiler: "Spoiler", preview: "Preview" },
  previewEmpty: "Nothing to preview yet",
  bytesLeft: (/** @type {number} */ count) => `${counted(count, "byte", "bytes")} left`,
  tooLong: (/** @type {number} */ count) => `Too long by ${counted(count, "byte", "bytes")}. Messages may have 65,536 bytes.`,

  connectionLost: "Connection lost. Trying to reconnect…",
  connectionOffline: "You are offline. What you write is kept and sent when you are back.",
  connectionTryNow: "Try now",
  storageMissing: "Without storage, unsent messages will not survive a reload.",
  connectionBack: "Connected again",

  groupTitle: "New group",
  groupName: "Group name",
  groupNamePlaceholder: "Weekend plans",
  groupNameEmpty: "Give the group a name.",
  groupNameLong: "A group name may have up to 100 characters.",
  groupPeople: "People",
  groupFind: "Type a name",
  groupPicked: (/** @type {number} */ count) => (count === 0 ? "Nobody picked yet" : `${count.toLocaleString(LOCALE)} picked`),
  groupRemove: (/** @type {string} */ name) => `Remove ${isolated(name)}`,
  groupNoMatchHint: "Check the spelling. Usernames are found too.",
  groupAloneHint: "You can make the group now, with only you in it.",
  groupCreate: "Create group",
  groupCreating: "Creating…",
  groupFailed: "The group could not be created. Try again.",
  groupOffline: "The server cannot be reached. The group has not been created.",
  cancel: "Cancel",
  close: "Close",

  dialogBack: "Back",
  detailsPerson: "Person",
  detailsGroup: "Group",
  detailsCreated: (/** @type {string} */ day) => `Created on ${day}`,
  detailsUsername: "Username",

  roles: { owner: "Owner", admin: "Admin", member: "Member" },
  roleHints: {
    owner: "Owners do everything, and decide who does what.",
    admin: "Admins add and remove members, and change the name and settings.",
    member: "Members read and write.",
  },
  role: "Role",
  roleIn: (/** @type {string} */ role) => `Role in this group: ${role}`,
  roleSave: "Change role",
  rename: "Rename the group",
  save: "Save",
  saving: "Saving…",
  sharesHistory: "New members see earlier messages",
  sharesHistoryHint: "If not, a group begins for them when they join.",
  sharesHistoryYes: "New members see earlier messages.",
  sharesHistoryNo: "New members do not see earlier messages.",
  membersFailed: "The members could not be loaded.",
  loadingMembers: "Loading members",
  memberTitle: "Member",
  memberWrite: "Write a message",
  memberRemove: "Remove from the group",
  memberRemoveTitle: (/** @type {string} */ name) => `Remove ${isolated(name)}?`,
  memberRemoveHint: (/** @type {string} */ group) => `They leave “${isolated(group)}” at once and no longer see what is said there.`,
  memberRemoveButton: "Remove",
  add: "Add people",
  addButton: (/** @type {number} */ count) => (count === 0 ? "Add" : `Add ${counted(count, "person", "people")}`),
  addNobody: "Pick somebody first.",
  addEmptyHint: "Everybody is in this group already.",
  leave: "Leave the group",
  leaveTitle: (/** @type {string} */ group) => `Leave “${isolated(group)}”?`,
  leaveHint: "You no longer see what is said there. Somebody in the group can add you again.",
  leaveLastHint: "You are the only one here: the group and its messages are deleted.",
  leaveChooseOwner: "Choose an owner",
  deleteGroup: "Delete the group",
  deleteTitle: (/** @type {string} */ group) => `Delete “${isolated(group)}”?`,
  deleteHint: "It is gone for everybody, with all its messages. This cannot be undone.",
  groupChangeFailed: "That did not work. Try again.",
  ...groupStrings,
  ...searchSay((count) => counted(count, "message", "messages")),

  settingsTitle: "Settings",
  theme: "Appearance",
  themeSystem: "System",
  themeLight: "Light",
  themeDark: "Dark",
  sound: "Sound for new messages",
  soundHint: "A quiet one, when you are looking elsewhere",
  notifications: "Notifications",
  notificationsHint: "When this page is in the background",
  notificationsBlocked: "Your browser blocks them for this site. Allow them in its site settings.",
  notificationsMissing: "This browser or address does not offer them.",

  ...messageStrings,
  reactionBy: (/** @type {string} */ emoji, /** @type {number} */ count, /** @type {string} */ people) => `${emoji} ${counted(count, "reaction", "reactions")}: ${people}`,
  ...personalSay(LOCALE),

  dialogMissing: "Not loaded",
  dialogFailed: "This part of the page could not be loaded.",

  shortcutsTitle: "Keyboard shortcuts",
  shortcuts: {
    palette: "Search messages, people and commands",
    search: "Search people and groups",
    newGroup: "New group",
    findGroups: "Find groups",
    next: "Next conversation",
    previous: "Previous conversation",
    compose: "Go to the message field",
    list: "Go to the list",
    send: "Send the message",
    newline: "Start a new line",
    messages: "Go to the messages; the arrow keys choose one",
    editLast: "Edit your last message, from an empty field",
    messageKeys: "React, reply, edit, delete, or all actions of the chosen message",
    format: (/** @type {string} */ name) => `${name}, in the message field`,
    pastePlain: "Paste without formatting",
    close: "Close a dialog, or leave the conversation",
    help: "This page",
  },

  titleUnread: (/** @type {number} */ count) => `(${count > 99 ? "99+" : count}) chatapp`,
  announceMessage: (/** @type {string} */ name, /** @type {string} */ text) => `${isolated(name)}: ${isolated(text)}`,
  announceTarget: (/** @type {string} */ name, /** @type {string} */ text) => `Showing the message by ${isolated(name)}: ${isolated(text)}`,
  announceElsewhere: (/** @type {string} */ name) => `New message from ${isolated(name)}`,
  notifyGroup: (/** @type {string} */ name, /** @type {string} */ group) => `${isolated(name)} in ${isolated(group)}`,
};

/**
 * The texts for error codes of the server. For other codes the server's own text is shown.
 * @param {string} code
 * @param {string} sentence
 */
export function failureSentence(code, sentence) {
  if (code === "timeout" || code === "offline") return say.signInOffline;
  return sentence || say.failedUnknown;
}

const lists = new Intl.ListFormat(LOCALE ?? "en");

/**
 * @param {string[]} names
 * @param {number} more people who are not named
 * @returns {string} such as “Ann, Bob, and 3 others”
 */
export function listOf(names, more) {
  return lists.format([...names.map(isolated), ...(more > 0 ? [counted(more, "other", "others")] : [])]);
}
