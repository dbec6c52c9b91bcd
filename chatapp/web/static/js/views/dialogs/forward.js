/** Forwards a message to people and groups, with a comment after it. */

import { useSignal } from "@preact/signals";
import { notify } from "../../messageactions.js";
import { newEntry } from "../../models/outbox.js";
import { bytesLeft, contentOf, isBlank } from "../../models/text.js";
import { CONTENT_BYTES_MAX } from "../../protocol.js";
import { nextMoment, post } from "../../sending.js";
import { say } from "../../strings.js";
import { me, nameOf } from "../../store.js";
import { closeDialog, Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Summary } from "../summary.js";
import { useChosenMessage } from "./chosenmessage.js";
import { ConversationChooser } from "./conversationchooser.js";

/** @typedef {import("../../protocol.js").Message} Message */

export function ForwardDialog() {
  const { message } = useChosenMessage();
  return html`<${Dialog} title=${say.forwardTitle}>
    ${message ? html`<${ForwardForm} message=${message} />` : html`<p class="state-hint">${say.messageMissing}</p>`}
  <//>`;
}

/** @param {{ message: Message }} props */
function ForwardForm({ message }) {
  const picked = useSignal(/** @type {string[]} */ ([]));
  const comment = useSignal("");
  const problem = useSignal("");
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = isBlank(comment.peek()) ? "" : contentOf(comment.peek());
    problem.value = picked.peek().length === 0 ? say.forwardNobody : bytesLeft(text) < 0 ? say.tooLong({ count: -bytesLeft(text), most: CONTENT_BYTES_MAX }) : "";
    if (problem.peek()) return;
    for (const key of picked.peek()) forward(key, message, text);
    closeDialog();
    notify(say.forwardedNow({ count: picked.peek().length }));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p class="menu-message"><b><bdi>${nameOf(message.forwarded?.sender ?? message.sender)}</bdi></b> <bdi><${Summary} message=${message} /></bdi></p>
    <${ConversationChooser} picked=${picked} />
    <label class="field"><span>${say.forwardComment}</span>
      <textarea rows="2" dir="auto" value=${comment} onInput=${(/** @type {any} */ event) => (comment.value = event.target.value)}></textarea></label>
    <p class="problem" role="alert">${problem.value}</p>
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
      <button class="button button-main">${say.forwardButton({ count: picked.value.length })}</button>
    </footer>
  </form>`;
}

/**
 * A copy of a message, and a comment after it.
 * @param {string} key the conversation
 * @param {Message} message
 * @param {string} comment empty for none
 */
function forward(key, message, comment) {
  const { messageId, sender, timestamp, content } = message;
  const copy = { ...newEntry(me.peek(), key, content, nextMoment()), forward: { sender, timestamp, ...message.forwarded, messageId } };
  post(comment ? [copy, newEntry(me.peek(), key, comment, nextMoment())] : [copy]);
}
