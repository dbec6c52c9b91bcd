/** The details of the open conversation: a person, or a group and its members. */

import { knowledgeOf, openConversation } from "../../store.js";
import { say } from "../../strings.js";
import { Avatar } from "../avatar.js";
import { Dialog } from "../dialog.js";
import { GroupDetails } from "./groupdetails.js";
import { BotBadge } from "../botbadge.js";
import { html } from "../html.js";
import { titleOf } from "../line.js";
import { presenceOf } from "../presence.js";
import { LocalTime, statusOf } from "../profile.js";
import { FilesEntry } from "./files/entry.js";
import { OwnPreferences } from "./ownpreferences.js";
import { retentionSentence } from "./retention.js";

/** @typedef {import("../../models/conversation.js").Conversation} Conversation */

export function DetailsDialog() {
  const conversation = openConversation.value;
  if (!conversation || knowledgeOf(conversation.key) !== "known") return null;
  if (conversation.group) return html`<${GroupDetails} key=${conversation.key} conversation=${conversation} />`;
  return html`<${Dialog} title=${say.detailsPerson}><${PersonDetails} conversation=${conversation} /><//>`;
}

/** @param {{ conversation: Conversation }} props */
function PersonDetails({ conversation }) {
  const { receiver, name } = conversation;
  return html`
  <div class="details">
    <${Avatar} id=${receiver} name=${name} size="large" />
    <p class="details-name"><bdi>${titleOf(conversation)}</bdi><${BotBadge} username=${receiver} /></p>
    ${statusOf(receiver) && html`<p class="details-status"><bdi>${statusOf(receiver)}</bdi></p>`}
    <p class="state-hint"><bdi>@${receiver}</bdi>, ${presenceOf(receiver)}<${LocalTime} username=${receiver} /></p>
    <p class="state-hint">${retentionSentence(conversation)}</p>
  </div>
  <${FilesEntry} />
  <${OwnPreferences} conversation=${conversation} />`;
}
