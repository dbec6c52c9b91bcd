/** One row of a conversation. */

import { progressOf } from "../models/conversation.js";
import { numberOf } from "../models/keys.js";
import { hueOf } from "../models/names.js";
import { isEmojiOnly } from "../models/richtext.js";
import { dayName, fullMoment, timeOfDay } from "../models/time.js";
import { fileViews } from "../renderer.js";
import { discardEntry, retryEntry } from "../sending.js";
import { direction, say } from "../strings.js";
import { me, nameOf, saved } from "../store.js";
import { Avatar } from "./avatar.js";
import { BotBadge, isBot } from "./botbadge.js";
import { classes, html } from "./html.js";
import { Icon } from "./icons.js";
import { MessageButtons, PollSlot, PreviewsSlot, QuoteOf, Reactions, Stone, openFor } from "./messageparts.js";
import { MessageText } from "./messagetext.js";
import { parts } from "./opendialog.js";
import { OwnTick } from "./owntick.js";
import { Summary } from "./summary.js";

/**
 * @typedef {import("../models/rows.js").Row} Row
 * @typedef {import("../models/rows.js").MessageRow} MessageRow
 * @typedef {import("../models/conversation.js").Conversation} ConversationModel
 */

/** A row that has just arrived is animated; a row that is scrolled to is not. */
const FRESH_MILLISECONDS = 1_500;

/** @typedef {typeof import("./dialogs/threads.js").ThreadLine} ThreadLine */

/** @param {{ row: Row, conversation: ConversationModel, isTarget?: boolean, isCurrent?: boolean, threadLine?: ThreadLine }} props `isCurrent`: the keyboard enters the list here */
export function RowView({ row, conversation, isTarget, isCurrent, threadLine }) {
  if (row.type === "start") return html`<div class="row-start" data-row=${row.key}>${say.startOf}</div>`;
  if (row.type === "day") return html`<div class="row-day" data-row=${row.key}><time dateTime=${row.timestamp}>${dayName(row.timestamp)}</time></div>`;
  if (row.type === "new") return html`<div class="row-new" data-row=${row.key}><span>${say.newMessages}</span></div>`;
  return html`<${MessageView} row=${row} conversation=${conversation} isTarget=${isTarget} isCurrent=${isCurrent} threadLine=${threadLine} />`;
}

/** @param {{ row: MessageRow, conversation: ConversationModel, isTarget?: boolean, isCurrent?: boolean, threadLine?: ThreadLine }} props */
function MessageView({ row, conversation, isTarget, isCurrent, threadLine }) {
  const { message } = row;
  const isDeleted = Boolean(message?.deletedAt);
  const isOwn = row.sender === me.value;
  const isFromOthersInGroup = conversation.group && !isOwn;
  const name = nameOf(row.sender);
  const look = classes("row-message", isOwn && "own", row.isFirst && "first", row.isLast && "last", isDeleted ? "deleted" : isEmojiOnly(row.content) && !row.replyTo && !row.forwarded && !hasFiles(row) && "emoji", isFresh(row) && "fresh", isTarget && "target", row.entry?.status === "failed" && "failed");
  return html`<article class=${look} data-row=${row.key} tabIndex=${isCurrent ? 0 : -1} aria-label=${say.rowLabel({ name: isOwn ? say.you : spokenName(row.sender, name), time: timeOfDay(row.timestamp) })}
      onClick=${(/** @type {any} */ event) => message && openByTouch(event, conversation, message)}>
    ${isFromOthersInGroup && html`<span class="row-avatar">${row.isLast && html`<${Avatar} id=${row.sender} name=${name} size="small" />`}</span>`}
    <div class="bubble">
      ${isFromOthersInGroup && row.isFirst && html`<${SenderName} id=${row.sender} name=${name} />`}
      ${row.replyTo && html`<${QuoteOf} quote=${row.replyTo} conversationNumber=${message ? numberOf(message) : null} />`}
      ${row.forwarded && html`<p class="forwarded"><${Icon} name="forward" size=${14} /> ${say.forwardedFrom({ name: nameOf(row.forwarded.sender) })}</p>`}
      ${isDeleted && message && html`<div class="text"><${Stone} message=${message} /><${Meta} row=${row} conversation=${conversation} isOwn=${false} /></div>`}
      ${!isDeleted && message?.files && html`<${fileViews.value?.SentFiles ?? FilesInWords} message=${message} conversationKey=${conversation.key} />`}
      ${row.entry?.files && html`<${fileViews.value?.UnsentFiles ?? FilesInWords} message=${row.entry} files=${row.entry.files} />`}
      ${row.entry?.files && parts.value && html`<${parts.value.UploadLines} entry=${row.entry} />`}
      ${!isDeleted && hasFiles(row) && row.content === "" && html`<div class="text"><${Meta} row=${row} conversation=${conversation} isOwn=${isOwn} /></div>`}
      ${!isDeleted && !(hasFiles(row) && row.content === "") && html`<${message?.poll ? PollSlot : MessageText} content=${row.content} mentions=${message?.mentions} message=${message} conversationKey=${conversation.key}><${Meta} row=${row} conversation=${conversation} isOwn=${isOwn} /><//>`}
      ${message?.linkPreviews && html`<${PreviewsSlot} message=${message} />`}
      ${message && !isDeleted && html`<${MessageButtons} message=${message} conversationKey=${conversation.key} />`}
    </div>
    ${message && html`<${Reactions} message=${message} conversationKey=${conversation.key} />`}
    ${message?.threadId && threadLine && html`<${threadLine} message=${message} />`}
    ${row.entry?.status === "failed" && html`<${Failure} entry=${row.entry} />`}
  </article>`;
}

/**
 * Where there is no pointer to hover with, a tap on a message opens its actions.
 * @param {MouseEvent} event
 * @param {ConversationModel} conversation
 * @param {import("../protocol.js").Message} message
 */
function openByTouch(event, conversation, message) {
  const isOnControl = event.target instanceof Element && event.target.closest("a, button, label, pre, summary, video, [role='button'], [role='slider']");
  if (isOnControl || message.deletedAt || !matchMedia("(hover: none)").matches || getSelection()?.isCollapsed === false) return;
  openFor("messageMenu", conversation.key, message);
}

/** Where the code that draws files could not be loaded. @param {{ message: { files?: import("../summaries.js").Named[] } }} props */
const FilesInWords = ({ message: { files } }) => html`<p class="forwarded"><${Summary} message=${{ content: "", files }} /></p>`;

/** @param {MessageRow} row */
const hasFiles = ({ message, entry }) => (message?.files ?? entry?.files ?? []).length > 0;

/** @param {MessageRow} row */
function isFresh(row) {
  return Date.now() - Date.parse(row.timestamp) < FRESH_MILLISECONDS;
}

/** @param {{ id: string, name: string }} props */
function SenderName({ id, name }) {
  return html`<b class=${`sender hue-${hueOf(id)}`}><bdi>${name}</bdi><${BotBadge} username=${id} /></b>`;
}

/** @param {string} username @param {string} name */
const spokenName = (username, name) => (isBot(username) ? say.botNamed({ name }) : name);

/** @param {{ row: MessageRow, conversation: ConversationModel, isOwn: boolean }} props */
function Meta({ row, conversation, isOwn }) {
  return html`<span class="meta" dir=${direction()}>
    ${row.message?.pinnedAt && html`<span class="pin-mark" role="img" aria-label=${say.pinned} title=${say.pinnedBy({ name: nameOf(row.message.pinnedBy ?? "") })}><${Icon} name="pin" size=${14} /></span>`}
    ${row.message && saved.value.get(row.message.messageId)?.saved && html`<span class="pin-mark" role="img" aria-label=${say.saved} title=${say.saved}><${Icon} name="bookmark" size=${14} /></span>`}
    ${row.message?.editedAt && html`<${EditedMark} message=${row.message} conversationKey=${conversation.key} />`}
    <time dateTime=${row.timestamp} title=${fullMoment(row.timestamp)}>${timeOfDay(row.timestamp)}</time>
    ${isOwn && html`<${OwnTick} message=${row.message} group=${conversation.group} state=${stateOf(row, conversation)} />`}
  </span>`;
}

/** @param {{ message: import("../protocol.js").Message, conversationKey: string }} props */
function EditedMark({ message, conversationKey }) {
  return html`<button type="button" class="edited" aria-label=${say.showVersions} title=${say.showVersions} onClick=${() => openFor("versions", conversationKey, message)}>${say.edited}</button>`;
}

/**
 * @param {MessageRow} row
 * @param {ConversationModel} conversation
 * @returns {import("./tick.js").TickState}
 */
function stateOf(row, conversation) {
  if (row.message) return progressOf(conversation, row.message, me.value);
  return row.entry?.status === "failed" ? "failed" : "sending";
}

/** @param {{ entry: import("../models/outbox.js").OutboxEntry }} props */
function Failure({ entry }) {
  return html`<p class="failure" role="alert">
    <span>${entry.reason || say.failedUnknown}</span>
    <button type="button" class="link" onClick=${() => retryEntry(entry)}>${say.failedRetry}</button>
    <button type="button" class="link" onClick=${() => discardEntry(entry)}>${say.failedDiscard}</button>
  </p>`;
}
