/** The menu of the open conversation: what I want to hear of it, and marking it as unread. */

import { ApiError } from "../../api.js";
import { unreadOf } from "../../models/conversation.js";
import { isChosenByDefault } from "../../models/notifying.js";
import { markUnread, setLevel } from "../../personal.js";
import { dialog, me } from "../../store.js";
import { failureSentence, say } from "../../strings.js";
import { html } from "../html.js";
import { Menu } from "./menu.js";

/** @typedef {import("../../models/conversation.js").Conversation} Conversation */

/** @param {{ conversation: Conversation }} props */
export function ConversationMenu({ conversation }) {
  const entries = entriesOf(conversation);
  return entries.length > 0 && html`<${Menu} label=${say.more} icon="more" entries=${entries} />`;
}

/**
 * @param {Conversation} conversation
 * @returns {import("./menu.js").Entry[]}
 */
function entriesOf(conversation) {
  /** @type {import("./menu.js").Entry[]} */
  const entries = [];
  if (conversation.lastSequence > 0) entries.push({ icon: "pin", label: say.pinnedTitle, choose: async () => void (dialog.value = "pinned") });
  if (conversation.lastSequence > 0) entries.push({ icon: "file", label: say.filesTitle, choose: async () => void (dialog.value = "files") });
  if (canMute(conversation)) entries.push(...levelEntries(conversation));
  if (canMarkUnread(conversation)) entries.push({ icon: "unread", label: say.markUnread, choose: () => attempt(() => markUnread(conversation)) });
  return entries;
}

/**
 * @param {Conversation} conversation
 * @returns {import("./menu.js").Entry[]} the levels that it does not have
 */
function levelEntries(conversation) {
  const { key, preferences: { level } } = conversation;
  const hasOthers = isChosenByDefault(conversation);
  /** @type {[import("../../protocol.js").Level, import("../icons.js").IconName, string][]} */
  const levels = [
    ["default", "bell", level === "none" ? say.unmute : hasOthers ? say.mentionsAndReplies : say.allMessages],
    ...(hasOthers ? [/** @type {["all", "bell", string]} */ (["all", "bell", say.allMessages])] : []),
    ["mentions", "at", say.onlyMentions],
    ["none", "muted", say.mute],
  ];
  const chosen = level === "all" && !hasOthers ? "default" : level;
  return levels.filter(([wanted]) => wanted !== chosen).map(([wanted, icon, label]) => ({ icon, label, choose: () => attempt(() => setLevel(key, wanted)) }));
}

/** Nobody notifies me of my own notes. @param {Conversation} conversation */
export function canMute({ group, receiver }) {
  return group || receiver !== me.value;
}

/** @param {Conversation} conversation */
export function canMarkUnread(conversation) {
  return conversation.lastSequence > 0 && unreadOf(conversation) === 0;
}

/**
 * @param {() => Promise<void>} request
 * @returns {Promise<string | void>} why it did not work
 */
export async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return failureSentence(error.code, say.groupChangeFailed);
  }
}
