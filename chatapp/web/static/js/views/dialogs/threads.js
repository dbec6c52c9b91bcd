/** Opening threads: the line under a message, and the list of the threads that I follow. */

import { ApiError } from "../../api.js";
import { takeOpened } from "../../changes.js";
import { notify } from "../../messageactions.js";
import { unreadOf } from "../../models/conversation.js";
import { keyOf } from "../../models/keys.js";
import { unreadIn } from "../../models/list.js";
import { isMuted } from "../../models/personal.js";
import { shortMoment } from "../../models/time.js";
import { goTo } from "../../router.js";
import { badgeText, failureSentence, say } from "../../strings.js";
import { conversations, dialog, nameOf } from "../../store.js";
import { Dialog, closeDialog } from "../dialog.js";
import { classes, html } from "../html.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { Empty } from "../states.js";
import { Summary } from "../summary.js";
import { openThreadOf } from "./threadapi.js";

/**
 * @typedef {import("../../protocol.js").Message} Message
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 */

/** Shows the thread of a message, which I follow from now on. @param {Message} message */
export async function openThread(message) {
  try {
    goTo(takeOpened(await openThreadOf(message.messageId)));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    notify(failureSentence(error.code, say.threadFailed));
  }
}

/** Under the message that a thread is about. Who follows the thread sees how many messages it has. @param {{ message: Message }} props */
export function ThreadLine({ message }) {
  const thread = conversations.value.get(keyOf(message.threadId ?? "", true));
  const count = thread?.lastSequence ?? 0;
  return html`<button type="button" class="link thread-line" onClick=${() => openThread(message)}>
    <${Icon} name="thread" size=${16} /> ${count > 0 ? say.threadReplies({ count }) : say.threadTitle}
    ${thread && html`<${Unread} thread=${thread} />`}
  </button>`;
}

/** @param {{ thread: Conversation }} props */
function Unread({ thread }) {
  const count = unreadOf(thread);
  if (count === 0) return null;
  return html`<span class=${classes("badge", isMuted(thread) && "badge-quiet")}><span aria-hidden="true">${badgeText(count)}</span><span class="unseen">${say.unread({ count })}</span></span>`;
}

/** Above the list of conversations, once I follow a thread. */
export function ThreadsEntry() {
  const threads = followed();
  if (threads.length === 0) return null;
  const count = unreadIn(threads);
  return html`<button type="button" class="threads-entry" onClick=${() => (dialog.value = "threads")}>
    <${Icon} name="thread" size=${20} /><span class="threads-entry-text">${say.threadsTitle}</span>
    ${count > 0 && html`<span class="badge"><span aria-hidden="true">${badgeText(count)}</span><span class="unseen">${say.unread({ count })}</span></span>`}
  </button>`;
}

export function ThreadsDialog() {
  const threads = followed().sort((a, b) => (activeAt(a) < activeAt(b) ? 1 : -1));
  return html`<${Dialog} title=${say.threadsTitle}>
    ${threads.length === 0 && html`<${Empty} title=${say.threadsNone} hint=${say.threadsNoneHint} />`}
    <ul class="pinned">${threads.map((thread) => html`<${Line} key=${thread.key} thread=${thread} />`)}</ul>
  <//>`;
}

/** @param {{ thread: Conversation }} props */
function Line({ thread }) {
  const { key, lastMessage } = thread;
  const show = () => {
    closeDialog();
    goTo(key);
  };
  return html`<li>
    <button type="button" class="pinned-message" onClick=${show}>
      <span class="pinned-who"><b><bdi>${titleOf(thread)}</bdi></b> <time dateTime=${activeAt(thread)}>${shortMoment(activeAt(thread))}</time> <${Unread} thread=${thread} /></span>
      ${lastMessage ? html`<bdi class="menu-message">${nameOf(lastMessage.sender)}: ${lastMessage.deletedAt ? say.messageDeleted : html`<${Summary} message=${lastMessage} />`}</bdi>` : html`<span class="menu-message">${say.threadEmpty}</span>`}
    </button>
  </li>`;
}

function followed() {
  return [...conversations.value.values()].filter(({ threadOf }) => threadOf);
}

/** @param {Conversation} thread */
const activeAt = ({ lastMessage, createdAt }) => lastMessage?.timestamp ?? createdAt;
