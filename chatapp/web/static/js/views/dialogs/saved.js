/** The messages that I have saved for myself, the last saved first. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api.js";
import { keyOf } from "../../models/keys.js";
import { shortMoment } from "../../models/time.js";
import { goToMessage } from "../../router.js";
import { say } from "../../strings.js";
import { conversationOf, nameOf, saved } from "../../store.js";
import { Dialog, closeDialog } from "../dialog.js";
import { html } from "../html.js";
import { Summary } from "../summary.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { Empty, Failed } from "../states.js";
import { fetchSaved } from "./laterapi.js";
import { toggleSaved } from "./saving.js";

/**
 * @typedef {import("../../personalprotocol.js").ListedMessage} ListedMessage
 * @typedef {{ messages: ListedMessage[], next: number | null }} Page
 */

export function SavedDialog() {
  const page = useSignal(/** @type {Page | null} */ (null));
  const hasFailed = useSignal(false);
  const load = async () => {
    const before = page.peek();
    try {
      const { messages, next } = await fetchSaved(before?.next ?? null);
      page.value = { messages: [...(before?.messages ?? []), ...messages], next };
      hasFailed.value = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      hasFailed.value = true;
    }
  };
  useEffect(() => void load(), []);
  return html`<${Dialog} title=${say.savedTitle}>
    ${page.value ? html`<${List} messages=${page.value.messages.filter(isStillSaved)} />` : !hasFailed.value && html`<p role="status"><span class="spinner"></span><span class="unseen">${say.loading}</span></p>`}
    ${hasFailed.value && html`<${Failed} sentence=${say.savedFailed} onRetry=${load} />`}
    ${page.value?.next && !hasFailed.value && html`<button type="button" class="button" onClick=${load}>${say.savedMore}</button>`}
  <//>`;
}

/** @param {ListedMessage} one */
const isStillSaved = ({ message }) => saved.value.get(message.messageId)?.saved !== false;

/** @param {{ messages: ListedMessage[] }} props */
function List({ messages }) {
  if (messages.length === 0) return html`<${Empty} title=${say.savedNone} hint=${say.savedNoneHint} />`;
  return html`<ul class="pinned">${messages.map((one) => html`<${Line} key=${one.message.messageId} one=${one} />`)}</ul>`;
}

/** @param {{ one: ListedMessage }} props */
function Line({ one: { receiver, group, message } }) {
  const show = () => {
    closeDialog();
    goToMessage(message.messageId);
  };
  return html`<li>
    <button type="button" class="pinned-message" onClick=${show}>
      <span class="pinned-who"><b>${say.savedBy({ name: nameOf(message.sender), conversation: titleOf(conversationOf(keyOf(receiver, group))) })}</b> <time dateTime=${message.timestamp}>${shortMoment(message.timestamp)}</time></span>
      <bdi class="menu-message"><${Summary} message=${message} /></bdi>
    </button>
    <button type="button" class="icon-button" aria-label=${say.unsave} title=${say.unsave} onClick=${() => toggleSaved(message)}><${Icon} name="close" size=${18} /></button>
  </li>`;
}
