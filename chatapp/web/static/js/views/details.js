/** Who is behind the open conversation. */

import { fullMoment } from "../models/time.js";
import { addressOf } from "../router.js";
import { say } from "../strings.js";
import { isOnline, knowledgeOf, me, nameOf, openConversation, privateKey } from "../store.js";
import { Avatar } from "./avatar.js";
import { closeDialog, Dialog } from "./dialog.js";
import { html } from "./html.js";
import { titleOf } from "./line.js";
import { VirtualList } from "./virtuallist.js";

const ROW_PIXELS = 52;

export function DetailsDialog() {
  const conversation = openConversation.value;
  if (!conversation || knowledgeOf(conversation.key) !== "known") return null;
  const { receiver, group, name, createdAt, members } = conversation;
  const usernames = members.map(({ username }) => username);
  return html`<${Dialog} title=${group ? say.detailsGroup : say.detailsPerson}>
    <div class="details">
      <${Avatar} id=${receiver} name=${name} group=${group} size="large" />
      <p class="details-name"><bdi>${titleOf(conversation)}</bdi></p>
      <p class="state-hint">${group ? `${say.members(usernames.length)}. ${say.detailsCreated(fullMoment(createdAt))}` : `@${receiver}, ${isOnline(receiver) ? say.online : say.offline}`}</p>
    </div>
    ${group && html`<div class="details-members" style=${{ height: `min(40dvh, ${Math.min(7, usernames.length) * ROW_PIXELS}px)` }}><${VirtualList} label=${say.members(usernames.length)} rows=${onlineFirst(usernames)} keyOf=${(/** @type {string} */ username) => username} rowPixels=${ROW_PIXELS} draw=${drawMember} /></div>`}
  <//>`;
}

/** @param {string[]} usernames */
function onlineFirst(usernames) {
  return [...usernames].sort((a, b) => Number(isOnline(b)) - Number(isOnline(a)) || nameOf(a).localeCompare(nameOf(b)));
}

/** @param {string} username */
function drawMember(username) {
  const name = nameOf(username);
  return html`<a class="person" href=${addressOf(privateKey(username))} onClick=${closeDialog}>
    <${Avatar} id=${username} name=${name} online=${isOnline(username)} size="small" />
    <span class="person-text"><b><bdi>${username === me.value ? say.selfName(name) : name}</bdi></b></span>
    ${isOnline(username) && html`<small class="person-online">${say.online}</small>`}
  </a>`;
}
