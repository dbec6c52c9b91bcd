/** A line of the list: the name, the last message, its time, and the number of unread messages. */

import { isGuest } from "../guests.js";
import { withoutControls } from "../models/bidi.js";
import { unreadOf } from "../models/conversation.js";
import { keyOf } from "../models/keys.js";
import { unreadMentionsOf } from "../models/mentions.js";
import { isMuted } from "../models/personal.js";
import { shortMoment } from "../models/time.js";
import { addressOf } from "../router.js";
import { badgeText, say } from "../strings.js";
import { conversationOf, isOnline, me, nameOf, openKey } from "../store.js";
import { Avatar } from "./avatar.js";
import { BotBadge } from "./botbadge.js";
import { classes, html } from "./html.js";
import { Icon } from "./icons.js";
import { Summary } from "./summary.js";
import { Tick } from "./tick.js";

/**
 * @typedef {import("../models/list.js").Line} Line
 * @typedef {import("../models/conversation.js").Conversation} ConversationModel
 */

/** @param {{ line: Line }} props */
export function ConversationLine({ line }) {
  const { conversation, activeAt } = line;
  const isOpen = openKey.value === conversation.key;
  const name = titleOf(conversation);
  const unread = unreadOf(conversation);
  const mentions = unreadMentionsOf(conversation);
  const isQuiet = isMuted(conversation);
  const isCountQuiet = isQuiet || conversation.preferences.level === "mentions";
  const online = conversation.group ? undefined : isOnline(conversation.receiver);
  return html`<a class=${classes("line", isOpen && "line-open", unread > 0 && (!isCountQuiet || (mentions > 0 && !isQuiet)) && "line-unread")}
      href=${addressOf(conversation.key)} aria-current=${isOpen ? "page" : undefined}>
    <${Avatar} id=${conversation.receiver} name=${conversation.name} group=${conversation.group} online=${online} />
    <span class="line-text">
      <span class="line-top">
        <b class="line-name"><bdi>${name}</bdi></b>
        ${!conversation.group && isGuest(conversation.receiver) && html`<span class="line-guest">${say.guest}</span>`}
        ${!conversation.group && html`<${BotBadge} username=${conversation.receiver} />`}
        ${online && html`<span class="unseen">, ${say.online}</span>`}
        ${isQuiet && html`<span class="line-muted" role="img" aria-label=${say.muted} title=${say.muted}><${Icon} name="muted" size=${16} /></span>`}
        ${activeAt && html`<time class="line-time" dateTime=${activeAt}>${shortMoment(activeAt)}</time>`}
      </span>
      <span class="line-bottom">
        <${Preview} line=${line} />
        ${mentions > 0 && html`<span class=${classes("badge badge-mention", isQuiet && "badge-quiet")}><span aria-hidden="true">@</span><span class="unseen">${say.unreadMentions({ count: mentions })}, </span></span>`}
        ${unread > 0 && html`<span class=${classes("badge", isCountQuiet && "badge-quiet")}><span aria-hidden="true">${badgeText(unread)}</span><span class="unseen">${say.unread({ count: unread })}</span></span>`}
      </span>
    </span>
  </a>`;
}

/** @param {ConversationModel} conversation @returns {string} */
export function titleOf(conversation) {
  const { threadOf } = conversation;
  if (threadOf) return say.threadIn({ name: titleOf(conversationOf(keyOf(threadOf.receiver, threadOf.group))) });
  const isSelf = !conversation.group && conversation.receiver === me.value;
  return isSelf ? say.selfName({ name: conversation.name }) : withoutControls(conversation.name);
}

/** The label before the text has the page's direction. The text runs, and is truncated, in its own direction. */
function Preview(/** @type {{ line: Line }} */ { line }) {
  const { conversation, pending, draft } = line;
  const message = conversation.lastMessage;
  if (draft && openKey.value !== conversation.key) return preview(html`<em>${say.previewDraft}</em>`, { content: draft });
  if (pending) return preview(html`<${Tick} state=${pending.status === "failed" ? "failed" : "sending"} />`, pending);
  if (message?.deletedAt) return html`<span class="line-preview"><em class="line-said">${say.messageDeleted}</em></span>`;
  if (message) return preview(speakerOf(conversation, message), message);
  return html`<span class="line-preview"><span class="line-said">${quietText(conversation)}</span></span>`;
}

/**
 * @param {any} lead the label before the text
 * @param {{ content: string, files?: import("../summaries.js").Named[] }} message
 */
function preview(lead, message) {
  return html`<span class="line-preview">${lead} <bdi class="line-said"><${Summary} message=${message} /></bdi></span>`;
}

/** @param {ConversationModel} conversation */
function quietText(conversation) {
  if (conversation.group) return say.groupCreated;
  return conversation.receiver === me.value ? say.selfHint : say.noMessagesYet;
}

/**
 * @param {ConversationModel} conversation
 * @param {import("../protocol.js").Message} message
 */
function speakerOf(conversation, { sender }) {
  if (sender === me.value) return html`<span>${say.previewYou}</span>`;
  return conversation.group && html`<span class="line-speaker">${say.previewFrom({ name: nameOf(sender) })}</span>`;
}
