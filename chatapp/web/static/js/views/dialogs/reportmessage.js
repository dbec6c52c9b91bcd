/** Reporting a message of somebody else to the moderators. */

import { useSignal } from "@preact/signals";
import { call } from "../../api.js";
import { notify } from "../../messageactions.js";
import { nameOf } from "../../store.js";
import { say } from "../../strings.js";
import { Dialog, closeDialog } from "../dialog.js";
import { html } from "../html.js";
import { Summary } from "../summary.js";
import { Refused, useAction } from "./action.js";
import { useChosenMessage } from "./chosenmessage.js";

export function ReportMessageDialog() {
  const { message } = useChosenMessage();
  if (!message) return html`<${Dialog} title=${say.reportTitle}><p class="state-hint">${say.messageMissing}</p><//>`;
  return html`<${Dialog} title=${say.reportTitle}><${ReportForm} message=${message} /><//>`;
}

/** @param {{ message: import("../../protocol.js").Message }} props */
function ReportForm({ message }) {
  const { messageId, sender } = message;
  const reason = useSignal("");
  const comment = useSignal("");
  const action = useAction();
  const choose = (/** @type {string} */ name) => {
    reason.value = name;
    action.refuse("");
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!reason.peek()) return action.refuse(say.reportChoose);
    const body = { reason: reason.peek(), comment: comment.peek() };
    if (!(await action.run(() => call("POST", `/message/${encodeURIComponent(messageId)}/report`, body).then(() => {})))) return;
    closeDialog();
    notify(say.reportDone);
  };
  return html`<form class="form" onSubmit=${submit}>
    <p class="menu-message"><b><bdi>${nameOf(sender)}</bdi></b> <bdi><${Summary} message=${message} /></bdi></p>
    <p class="note">${say.reportHint}</p>
    <fieldset class="report-reasons">
      <legend>${say.reportReason}</legend>
      ${Object.entries(say.reportReasons).map(([name, words]) => html`<label key=${name}><input type="radio" name="reason" value=${name} checked=${reason.value === name} onChange=${() => choose(name)} /><span>${words}</span></label>`)}
    </fieldset>
    <label class="field"><span>${say.reportComment}</span>
      <textarea name="comment" dir="auto" rows="3" maxlength="1000" value=${comment.value} onInput=${(/** @type {any} */ event) => (comment.value = event.target.value)}></textarea>
    </label>
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
      <button class="button button-main" aria-disabled=${action.isBusy.value}>${say.reportSend}</button>
    </footer>
  </form>`;
}
