/** The pinned messages of the open conversation. */

import { togglePin } from "../../messageactions.js";
import { fetchPinned } from "../../messageapi.js";
import { mayPin } from "../../models/permissions.js";
import { shortMoment } from "../../models/time.js";
import { goToMessage } from "../../router.js";
import { say } from "../../strings.js";
import { nameOf, openConversation } from "../../store.js";
import { Dialog, closeDialog } from "../dialog.js";
import { html } from "../html.js";
import { Summary } from "../summary.js";
import { Icon } from "../icons.js";
import { Empty } from "../states.js";
import { Fetched } from "./fetched.js";

/** @typedef {import("../../protocol.js").Message} Message */

export function PinnedDialog() {
  const conversation = openConversation.value;
  if (!conversation) return null;
  const { key, stateRevision, receiver, group } = conversation;
  const draw = (/** @type {Message[]} */ messages) => html`<${Pinned} messages=${messages} canUnpin=${mayPin(conversation)} />`;
  return html`<${Dialog} title=${say.pinnedTitle}>
    <${Fetched} key=${`${key} ${stateRevision}`} fetch=${() => fetchPinned(receiver, group)} failed=${say.pinnedFailed} draw=${draw} />
  <//>`;
}

/** @param {{ messages: Message[], canUnpin: boolean }} props */
function Pinned({ messages, canUnpin }) {
  if (messages.length === 0) return html`<${Empty} title=${say.pinnedNone} hint=${say.pinnedNoneHint} />`;
  const show = (/** @type {Message} */ { messageId }) => {
    closeDialog();
    goToMessage(messageId);
  };
  const latestFirst = messages.toSorted((a, b) => (b.pinnedAt ?? "").localeCompare(a.pinnedAt ?? ""));
  return html`<ul class="pinned">${latestFirst.map((message) => html`<li key=${message.messageId}>
    <button type="button" class="pinned-message" onClick=${() => show(message)}>
      <span class="pinned-who"><b><bdi>${nameOf(message.sender)}</bdi></b> <time dateTime=${message.timestamp}>${shortMoment(message.timestamp)}</time></span>
      <bdi class="menu-message"><${Summary} message=${message} /></bdi>
      <small>${say.pinnedBy({ name: nameOf(message.pinnedBy ?? "") })}</small>
    </button>
    ${canUnpin && html`<button type="button" class="icon-button" aria-label=${say.unpin} title=${say.unpin} onClick=${() => togglePin(message)}><${Icon} name="close" size=${18} /></button>`}
  </li>`)}</ul>`;
}
