/** One row of a conversation. */

import { isolated } from "../models/bidi.js";
import { progressOf } from "../models/conversation.js";
import { hueOf } from "../models/names.js";
import { isEmojiOnly } from "../models/richtext.js";
import { dayName, fullMoment, timeOfDay } from "../models/time.js";
import { discardEntry, retryEntry } from "../sending.js";
import { DIRECTION, say } from "../strings.js";
import { me, nameOf } from "../store.js";
import { Avatar } from "./avatar.js";
import { classes, html } from "./html.js";
import { MessageText } from "./messagetext.js";
import { Tick } from "./tick.js";

/**
 * @typedef {import("../models/rows.js").Row} Row
 * @typedef {import("../models/rows.js").MessageRow} MessageRow
 * @typedef {import("../models/conversation.js").Conversation} ConversationModel
 */

/** A row that has just arrived is animated; a row that is scrolled to is not. */
const FRESH_MILLISECONDS = 1_500;

/** @param {{ row: Row, conversation: ConversationModel, isTarget: boolean }} props */
export function RowView({ row, conversation, isTarget }) {
  if (row.type === "start") return html`<div class="row-start" data-row=${row.key}>${say.startOf}</div>`;
  if (row.type === "day") return html`<div class="row-day" data-row=${row.key}><time dateTime=${row.timestamp}>${dayName(row.timestamp)}</time></div>`;
  if (row.type === "new") return html`<div class="row-new" data-row=${row.key}><span>${say.newMessages}</span></div>`;
  return html`<${MessageView} row=${row} conversation=${conversation} isTarget=${isTarget} />`;
}

/** @param {{ row: MessageRow, conversation: ConversationModel, isTarget: boolean }} props */
function MessageView({ row, conversation, isTarget }) {
  const isOwn = row.sender === me.value;
  const isFromOthersInGroup = conversation.group && !isOwn;
  const name = nameOf(row.sender);
  const look = classes("row-message", isOwn && "own", row.isFirst && "first", row.isLast && "last", isEmojiOnly(row.content) && "emoji", isFresh(row) && "fresh", isTarget && "target", row.entry?.status === "failed" && "failed");
  return html`<article class=${look} data-row=${row.key} aria-label=${`${isOwn ? say.you : isolated(name)}, ${timeOfDay(row.timestamp)}`}>
    ${isFromOthersInGroup && html`<span class="row-avatar">${row.isLast && html`<${Avatar} id=${row.sender} name=${name} size="small" />`}</span>`}
    <div class="bubble">
      ${isFromOthersInGroup && row.isFirst && html`<${SenderName} id=${row.sender} name=${name} />`}
      <${MessageText} content=${row.content}><${Meta} row=${row} conversation=${conversation} isOwn=${isOwn} /><//>
    </div>
    ${row.entry?.status === "failed" && html`<${Failure} entry=${row.entry} />`}
  </article>`;
}

/** @param {MessageRow} row */
function isFresh(row) {
  return Date.now() - Date.parse(row.timestamp) < FRESH_MILLISECONDS;
}

/** @param {{ id: string, name: string }} props */
function SenderName({ id, name }) {
  return html`<b class=${`sender hue-${hueOf(id)}`}><bdi>${name}</bdi></b>`;
}

/** @param {{ row: MessageRow, conversation: ConversationModel, isOwn: boolean }} props */
function Meta({ row, conversation, isOwn }) {
  return html`<span class="meta" dir=${DIRECTION}>
    <time dateTime=${row.timestamp} title=${fullMoment(row.timestamp)}>${timeOfDay(row.timestamp)}</time>
    ${isOwn && html`<${Tick} state=${stateOf(row, conversation)} />`}
  </span>`;
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
