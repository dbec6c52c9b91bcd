/** What can be chosen in the palette: conversations, commands, and messages that were found. */

import { writtenIn } from "../../composing.js";
import { amGuest } from "../../guests.js";
import { filterLines } from "../../models/list.js";
import { keyOf } from "../../models/keys.js";
import { mayWrite } from "../../personal.js";
import { folded, matches } from "../../models/names.js";
import { goTo, goToMessage } from "../../router.js";
import { signOut } from "../../session.js";
import { say } from "../../strings.js";
import * as store from "../../store.js";
import { closeDialog } from "../dialog.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {import("../../protocol.js").Hit} Hit
 * @typedef {import("./palettesearch.js").Found} Found
 * @typedef {{ id: string, run: () => void }} Common
 * @typedef {Common & { type: "conversation", conversation: Conversation }} ConversationChoice
 * @typedef {Common & { type: "command", icon: import("../icons.js").IconName, text: string }} CommandChoice
 * @typedef {Common & { type: "message", hit: Hit, conversation: Conversation }} MessageChoice
 * @typedef {Common & { type: "more" }} MoreChoice
 * @typedef {ConversationChoice | CommandChoice | MessageChoice | MoreChoice} Choice
 */

const CONVERSATIONS_MAX = 5;
/** Before anything is typed, so that the help for the filters is in sight. */
const RECENT_MAX = 3;

/**
 * @param {string} text as typed
 * @param {Found} found
 * @param {() => void} showMore
 * @returns {Choice[]}
 */
export function choicesOf(text, found, showMore) {
  const lines = filterLines(store.lines.value, text).slice(0, text.trim() ? CONVERSATIONS_MAX : RECENT_MAX);
  /** @type {Choice[]} */
  const messages = found.hits.map(messageChoice);
  if (found.cursor) messages.push({ type: "more", id: "palette-more", run: showMore });
  return [...lines.map(({ conversation }) => conversationChoice(conversation)), ...commandsFor(text), ...messages];
}

/** @param {Conversation} conversation @returns {ConversationChoice} */
function conversationChoice(conversation) {
  const { key } = conversation;
  return { type: "conversation", id: `palette-${key}`, conversation, run: () => leave(() => goTo(key)) };
}

/** @param {Hit} hit @returns {MessageChoice} */
function messageChoice(hit) {
  const { messageId } = hit.message;
  const conversation = store.conversationOf(keyOf(hit.receiver, hit.group));
  return { type: "message", id: `palette-${messageId}`, hit, conversation, run: () => leave(() => goToMessage(messageId)) };
}

/** @param {string} text @returns {CommandChoice[]} */
function commandsFor(text) {
  return commands().filter((command) => matches(folded(command.text), text));
}

/** @returns {CommandChoice[]} */
function commands() {
  const open = store.openKey.value;
  /** @type {CommandChoice[]} */
  const found = [
    { type: "command", id: "palette-threads", icon: "thread", text: say.threadsTitle, run: () => change("threads") },
    { type: "command", id: "palette-saved", icon: "bookmark", text: say.savedTitle, run: () => change("saved") },
    { type: "command", id: "palette-scheduled", icon: "clock", text: say.scheduledTitle, run: () => change("scheduled") },
    { type: "command", id: "palette-settings", icon: "sliders", text: say.settings, run: () => change("settings") },
    { type: "command", id: "palette-shortcuts", icon: "keyboard", text: say.shortcutsTitle, run: () => change("shortcuts") },
    { type: "command", id: "palette-leave", icon: "leave", text: say.signOut, run: signOut },
  ];
  if (!amGuest()) found.unshift({ type: "command", id: "palette-group", icon: "plus", text: say.newGroup, run: () => change("newGroup") });
  if (open && store.knowledgeOf(open) === "known") {
    found.unshift({ type: "command", id: "palette-details", icon: "info", text: say.paletteDetails, run: () => change("details") });
    if (mayWrite(store.conversationOf(open))) found.unshift({ type: "command", id: "palette-poll", icon: "poll", text: say.newPoll, run: askPoll });
  }
  return found;
}

/** The palette first gives the focus back, so that the next dialog gives it back too. @param {import("../../store.js").DialogName} name */
function change(name) {
  closeDialog();
  setTimeout(() => (store.dialog.value = name));
}

/** In the conversation; in the thread where it covers the conversation. */
function askPoll() {
  writtenIn.value = store.shownKeys.peek()[0];
  change("newPoll");
}

/** @param {() => void} go */
function leave(go) {
  closeDialog();
  go();
}
