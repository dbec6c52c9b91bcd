/** Parts of a message beside its text: the answered message, reactions, and the buttons for what can be done with it. */

import { signal } from "@preact/signals";
import { replyTo } from "../composing.js";
import { loadLaterSentences } from "../language.js";
import { toggleReaction } from "../messageactions.js";
import { previewOf } from "../renderer.js";
import { goToMessage } from "../router.js";
import { listOf, numberText, say } from "../strings.js";
import { chosen, dialog, me, nameOf, ownSettings } from "../store.js";
import { loadStyles } from "../styles.js";
import { classes, html } from "./html.js";
import { Icon } from "./icons.js";
import { MessageText } from "./messagetext.js";
import { Summary } from "./summary.js";

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../protocol.js").Quote} Quote
 * @typedef {import("../store.js").DialogName} DialogName
 */

/**
 * @param {DialogName} name
 * @param {string} key of the conversation
 * @param {Message} message
 * @param {Element | null} [near] where to open it, where there is room
 */
export function openFor(name, key, message, near = null) {
  chosen.value = { key, sequence: message.sequence, near: near?.getBoundingClientRect() ?? null };
  dialog.value = name;
}

/**
 * The answered message. A click goes to it, once the server has the answer.
 * @param {{ quote: Quote, conversationNumber: string | null }} props
 */
export function QuoteOf({ quote, conversationNumber }) {
  const { sequence, sender, content, file } = quote;
  const text = content === null ? say.quoteHidden : file ? html`<${Summary} message=${{ content, files: [file] }} />` : content === "" ? say.messageDeleted : previewOf(content);
  return html`<button type="button" class="quote" onClick=${() => conversationNumber && goToMessage(`${conversationNumber}-${sequence}`)}>
    <span class="unseen">${say.inAnswerTo}</span>
    ${sender && html`<b><bdi>${nameOf(sender)}</bdi></b>`}
    <span class=${classes("quote-text", !content && !file && "quote-missing")} dir="auto">${text}</span>
  </button>`;
}

/** @param {{ message: Message }} props */
export function Stone({ message }) {
  const { deletedBy = "", sender } = message;
  const text = deletedBy === me.value ? say.deletedByYou : deletedBy === sender ? say.messageDeleted : say.deletedBy({ name: nameOf(deletedBy) });
  return html`<em class="stone">${text}</em>`;
}

/** @param {{ message: Message, conversationKey: string }} props */
export function Reactions({ message, conversationKey }) {
  if (!message.reactions) return null;
  return html`<div class="reactions" role="group" aria-label=${say.reactions}>
    ${message.reactions.map(({ emoji, count, usernames, mine }) => {
      const label = say.reactionBy({ emoji, count, people: namesOf(usernames, count) });
      return html`<button type="button" key=${emoji} class="reaction" aria-pressed=${Boolean(mine)} aria-label=${label} title=${label} onClick=${() => toggleReaction(message, emoji)}>
        <span aria-hidden="true">${emoji}</span><span aria-hidden="true">${numberText(count)}</span>
      </button>`;
    })}
    <button type="button" class="reaction reaction-add" aria-label=${say.react} title=${say.react} onClick=${(/** @type {any} */ event) => openFor("emoji", conversationKey, message, event.currentTarget)}><${Icon} name="smile" size=${16} /></button>
  </div>`;
}

/**
 * @param {string[]} usernames
 * @param {number} count
 */
function namesOf(usernames, count) {
  const names = usernames.slice(0, 5).map((username) => (username === me.value ? say.you : nameOf(username)));
  return listOf(names, count - names.length);
}

/** What draws polls, once there is one. @type {import("@preact/signals").Signal<typeof import("../polls/view.js").PollView | null>} */
const pollView = signal(null);
/** @type {Promise<unknown> | undefined} */
let loadingPolls;

async function loadPolls() {
  const [{ PollView }] = await Promise.all([import("../polls/view.js"), loadLaterSentences(), loadStyles("poll")]);
  pollView.value = PollView;
}

/** A poll, or its text until it can be drawn. @param {{ message: Message, conversationKey: string, children?: any }} props */
export function PollSlot({ message, conversationKey, children }) {
  loadingPolls ??= loadPolls().catch(() => {});
  const View = pollView.value;
  return View ? html`<${View} message=${message} conversationKey=${conversationKey}>${children}<//>` : html`<${MessageText} content=${message.content}>${children}<//>`;
}

/** What draws previews of links, once there is one. @type {import("@preact/signals").Signal<typeof import("../linkpreviews/view.js").LinkPreviews | null>} */
const previewsView = signal(null);
/** @type {Promise<unknown> | undefined} */
let loadingPreviews;

async function loadPreviews() {
  const [{ LinkPreviews }] = await Promise.all([import("../linkpreviews/view.js"), loadLaterSentences(), loadStyles("linkpreview")]);
  previewsView.value = LinkPreviews;
}

/** The previews of links, where I want to see any. @param {{ message: Message }} props */
export function PreviewsSlot({ message }) {
  if (!ownSettings.value.showsPreviews) return null;
  loadingPreviews ??= loadPreviews().catch(() => {});
  const View = previewsView.value;
  return View && html`<${View} message=${message} />`;
}

/** They are on the screen under the pointer and with the focus. @param {{ message: Message, conversationKey: string }} props */
export function MessageButtons({ message, conversationKey }) {
  const open = (/** @type {DialogName} */ name) => (/** @type {any} */ event) => openFor(name, conversationKey, message, event.currentTarget);
  return html`<div class="message-buttons">
    <button type="button" tabIndex=${-1} class="icon-button" aria-label=${say.react} title=${say.react} onClick=${open("emoji")}><${Icon} name="smile" size=${18} /></button>
    <button type="button" tabIndex=${-1} class="icon-button" aria-label=${say.reply} title=${say.reply} onClick=${() => replyTo(conversationKey, message)}><${Icon} name="reply" size=${18} /></button>
    <button type="button" tabIndex=${-1} class="icon-button" aria-label=${say.messageMenu} title=${say.messageMenu} aria-haspopup="dialog" onClick=${open("messageMenu")}><${Icon} name="more" size=${18} /></button>
  </div>`;
}
