/** The open conversation: its header, its messages, and the message field. */

import { useComputed } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { withoutControls } from "../models/bidi.js";
import { mayWrite } from "../personal.js";
import { retryPassage } from "../passages.js";
import { renderer } from "../renderer.js";
import { goToList } from "../router.js";
import { say } from "../strings.js";
import { conversationOf, dialog, drafts, isAtEndOf, isOnline, knowledgeOf, left, listStatus, me, nameOf, outbox, people, timelineOf, typing } from "../store.js";
import { openTimeline, retryLists } from "../sync.js";
import { Avatar } from "./avatar.js";
import { Banner } from "./banner.js";
import { Closed } from "./closed.js";
import { Composer } from "./composer.js";
import { BotBadge } from "./botbadge.js";
import { NowPlaying } from "./files/nowplaying.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { titleOf } from "./line.js";
import { MessageList } from "./messagelist.js";
import { MissingGroup, parts } from "./opendialog.js";
import { presenceOf } from "./presence.js";
import { LocalTime, statusOf } from "./profile.js";
import { Empty, Failed, MessagesSkeleton } from "./states.js";

/** @param {{ id: string }} props */
export function Conversation({ id }) {
  useLayoutEffect(() => {
    isAtEndOf(id).value = true;
    if (matchMedia("(pointer: fine)").matches) document.getElementById("composer")?.focus();
  }, []);
  const conversation = conversationOf(id);
  const hasUnsent = useComputed(() => outbox.value.some((entry) => entry.key === id)).value;
  const isLeft = left.value?.key === id;
  const isMissing = useComputed(() => timelineOf(id).value.isMissing).value && !isLeft && !hasUnsent;
  return html`<div class="conversation">
    <${Head} conversation=${conversation} />
    <${Banner} />
    <${NowPlaying} />
    ${isMissing && html`<${conversation.group ? MissingGroup : Missing} conversation=${conversation} />`}
    ${!isMissing && (hasUnsent || !isLeft) && html`<${Body} id=${id} hasUnsent=${hasUnsent} />`}
    ${isLeft && html`<${Left} id=${id} hasUnsent=${hasUnsent} />`}
    ${!isMissing && !isLeft && parts.value && mayWrite(conversation) && html`<${parts.value.DropZone} id=${id} />`}
    ${!isMissing && !isLeft && (mayWrite(conversation) ? html`<${Composer} id=${id} name=${headingOf(conversation)} />` : html`<${Closed} id=${id} />`)}
  </div>`;
}

/** @typedef {import("../models/conversation.js").Conversation} ConversationModel */

/** @param {{ conversation: ConversationModel }} props */
function Head({ conversation }) {
  const { receiver, group, name } = conversation;
  const about = group ? withoutControls(conversation.topic) : statusOf(receiver);
  const online = group ? undefined : isOnline(receiver);
  return html`<header class="conversation-head">
    <button type="button" class="icon-button only-narrow" aria-label=${say.back} onClick=${goToList}><${Icon} name="back" size=${24} /></button>
    <${Avatar} id=${receiver} name=${name} group=${group} online=${online} />
    <span class="conversation-who">
      <h1><bdi>${headingOf(conversation)}</bdi>${!group && html`<${BotBadge} username=${receiver} />`}</h1>
      ${about && html`<span class="conversation-topic" title=${about}><bdi>${about}</bdi></span>`}
      <small>${typingIn(conversation.key) ?? subtitleOf(conversation)}</small>
    </span>
    ${knowledgeOf(conversation.key) === "known" && html`<button type="button" class="icon-button" aria-label=${say.details} title=${say.details} onClick=${() => (dialog.value = "details")}><${Icon} name="info" size=${22} /></button>
      ${parts.value && html`<${parts.value.ConversationMenu} conversation=${conversation} />`}`}
  </header>`;
}

/** A group that is not in the list yet has no name, only a number. @param {ConversationModel} conversation */
function headingOf(conversation) {
  if (left.value?.key === conversation.key) return titleOf(conversation);
  const knowledge = knowledgeOf(conversation.key);
  if (knowledge === "known" || !conversation.group) return titleOf(conversation);
  return knowledge === "waiting" ? say.groupWaiting : say.groupUnknown;
}

/** The announcement tells a screen reader. @param {string} key */
function typingIn(key) {
  const [first, second, ...others] = (typing.value.get(key) ?? []).map(nameOf);
  if (first === undefined) return null;
  const sentence = second === undefined ? say.typingOne({ name: first }) : others.length > 0 ? say.typingMany : say.typingTwo({ name: first, other: second });
  return html`<span class="typing">${sentence}</span>`;
}

/** @param {ConversationModel} conversation */
function subtitleOf({ key, group, receiver, members }) {
  const knowledge = knowledgeOf(key);
  if (knowledge !== "known") return listStatus.value === "loading" && say.loading;
  if (!group) return receiver === me.value ? say.selfHint : html`${presenceOf(receiver)}<${LocalTime} username=${receiver} />`;
  if (members.length === 0) return say.detailsGroup;
  const online = members.filter(({ username }) => people.value.get(username)?.isOnline).length;
  return `${say.members({ count: members.length })}, ${say.membersOnline({ count: online })}`;
}

/** @param {{ id: string, hasUnsent: boolean }} props */
export function Body({ id, hasUnsent }) {
  const { isLoaded, messages, passage } = timelineOf(id).value;
  const isPassageWanted = passage !== null && passage.messages.length === 0;
  // The text for a new group needs its name.
  const isReady = isLoaded && (messages.length > 0 || knowledgeOf(id) !== "waiting");
  // Drawn before the renderer is there, messages would change their height.
  const canDraw = renderer.value !== null && !isPassageWanted;
  if (canDraw && (isReady || hasUnsent || passage)) return html`<${MessageList} id=${id} />`;
  return html`<div class="messages-wait"><${Waiting} id=${id} /></div>`;
}

/** @param {{ id: string }} props */
function Waiting({ id }) {
  const { isLoaded, hasFailed, passage } = timelineOf(id).value;
  if (passage?.failed) return html`<${Failed} sentence=${say.messagesFailed} onRetry=${() => retryPassage(id)} />`;
  if (hasFailed && !passage) return html`<${Failed} sentence=${say.messagesFailed} onRetry=${() => openTimeline(id)} />`;
  if (isLoaded && listStatus.value === "failed") return html`<${Failed} sentence=${say.listFailed} onRetry=${retryLists} />`;
  return html`<${MessagesSkeleton} label=${say.loadingMessages} />`;
}

/** Text that was not sent can still be copied. @param {{ id: string, hasUnsent: boolean }} props */
function Left({ id, hasUnsent }) {
  const draft = drafts.value.get(id) ?? "";
  return html`<div class=${hasUnsent ? "left" : "left left-alone"}>
    <p class="state-title" role="alert">${say.leftGroup}</p>
    ${draft && html`<label class="field"><span>${say.leftDraft}</span><textarea readonly rows="4" dir="auto" value=${draft}></textarea></label>`}
    <button type="button" class="button" onClick=${goToList}>${say.back}</button>
  </div>`;
}

/** @param {{ conversation: ConversationModel }} props */
function Missing({ conversation: { receiver } }) {
  return html`<div class="messages-wait" role="alert">
    <${Empty} title=${say.missingPerson({ username: receiver })} hint=${say.missingHint}>
      <button type="button" class="button" onClick=${goToList}>${say.back}</button>
    <//>
  </div>`;
}
