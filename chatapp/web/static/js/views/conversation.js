/** The open conversation: whose it is, what was said, and the field to say more. */

import { useEffect } from "preact/hooks";
import { goToList } from "../router.js";
import { say } from "../sentences.js";
import { conversationOf, dialog, isAtEnd, isOnline, me, outbox, people, timelineOf } from "../store.js";
import { openTimeline } from "../sync.js";
import { Avatar } from "./avatar.js";
import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { titleOf } from "./line.js";
import { MessageList } from "./messagelist.js";
import { Failed, Skeleton } from "./states.js";

/** @param {{ id: string }} props */
export function Conversation({ id }) {
  useEffect(() => {
    isAtEnd.value = true;
    if (matchMedia("(pointer: fine)").matches) document.getElementById("composer")?.focus();
  }, []);
  const conversation = conversationOf(id);
  return html`<div class="conversation">
    <${Head} conversation=${conversation} />
    <${Banner} />
    <${Body} id=${id} />
    <${Composer} id=${id} name=${conversation.name} />
  </div>`;
}

/** @typedef {import("../models/conversation.js").Conversation} ConversationModel */

/** @param {{ conversation: ConversationModel }} props */
function Head({ conversation }) {
  const { receiver, group, name } = conversation;
  const online = group ? undefined : isOnline(receiver);
  return html`<header class="conversation-head">
    <button type="button" class="icon-button only-narrow" aria-label=${say.back} onClick=${goToList}><${Icon} name="back" size=${24} /></button>
    <${Avatar} id=${receiver} name=${name} group=${group} online=${online} />
    <span class="conversation-who">
      <h1><bdi>${titleOf(conversation)}</bdi></h1>
      <small>${subtitleOf(conversation)}</small>
    </span>
    <button type="button" class="icon-button" aria-label=${say.details} title=${say.details} onClick=${() => (dialog.value = "details")}><${Icon} name="info" size=${22} /></button>
  </header>`;
}

/** @param {ConversationModel} conversation */
function subtitleOf({ group, receiver, usernames }) {
  if (!group) return receiver === me.value ? say.selfHint : isOnline(receiver) ? say.online : say.offline;
  const online = usernames.filter((username) => people.value.get(username)?.isOnline).length;
  return `${say.members(usernames.length)}, ${say.membersOnline(online)}`;
}

/** @param {{ id: string }} props */
function Body({ id }) {
  const { isLoaded, hasFailed } = timelineOf(id).value;
  const hasUnsent = outbox.value.some((entry) => entry.key === id);
  if (isLoaded || hasUnsent) return html`<${MessageList} id=${id} />`;
  return html`<div class="messages-wait">
    ${hasFailed ? html`<${Failed} sentence=${say.messagesFailed} onRetry=${() => openTimeline(id)} />` : html`<${Skeleton} label=${say.loadingMessages} rows=${6} />`}
  </div>`;
}
