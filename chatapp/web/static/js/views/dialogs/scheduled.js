/** My scheduled messages, of one conversation or of all: change, send now, delete. */

import { useSignal } from "@preact/signals";
import { writtenIn } from "../../composing.js";
import { keyOf } from "../../models/keys.js";
import { fieldsOf, momentOf } from "./latertimes.js";
import { bytesLeft, contentOf, isBlank } from "../../models/text.js";
import { fullMoment } from "../../models/time.js";
import { takeScheduled } from "../../ownchanges.js";
import { CONTENT_BYTES_MAX } from "../../protocol.js";
import { changeScheduled, deleteScheduled, sendScheduled } from "./laterapi.js";
import { KeptFiles } from "./laterfiles.js";
import { say } from "../../strings.js";
import { conversationOf, scheduled } from "../../store.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { titleOf } from "../line.js";
import { Empty } from "../states.js";
import { Summary } from "../summary.js";
import { Refused, useAction } from "./action.js";
import { Moment, problemOf } from "./moment.js";

/** @typedef {import("../../personalprotocol.js").Scheduled} Scheduled */

export const ScheduledDialog = () => html`<${List} />`;

export const ScheduledHereDialog = () => html`<${List} id=${writtenIn.value} />`;

/** @param {{ id?: string }} props the conversation's key; without it, all conversations */
function List({ id }) {
  const all = [...scheduled.value.values()].filter(({ gone, receiver, group }) => !gone && (!id || keyOf(receiver, group) === id));
  const byTime = all.sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt));
  return html`<${Dialog} title=${say.scheduledTitle}>
    ${byTime.length === 0 && html`<${Empty} title=${say.scheduledNone} hint=${say.scheduledNoneHint} />`}
    <ul class="scheduled">${byTime.map((one) => html`<${Item} key=${one.clientId} one=${one} />`)}</ul>
  <//>`;
}

/** @param {{ one: Scheduled }} props */
function Item({ one }) {
  const isEdited = useSignal(false);
  const action = useAction();
  const { clientId, receiver, group, dueAt, failure } = one;
  return html`<li>
    <p class="pinned-who"><b>${say.scheduledTo({ name: titleOf(conversationOf(keyOf(receiver, group))) })}</b> <time dateTime=${dueAt}>${fullMoment(dueAt)}</time></p>
    ${failure && html`<p class="problem">${say.scheduledNotSent({ reason: failure.message })}</p>`}
    ${isEdited.value ? html`<${Edit} one=${one} action=${action} onEnd=${() => (isEdited.value = false)} />` : html`<bdi class="menu-message"><${Summary} message=${one} /></bdi>
      <div class="scheduled-buttons">
        <button type="button" class="link" onClick=${() => (isEdited.value = true)}>${say.scheduledEdit}</button>
        <button type="button" class="link" onClick=${() => action.run(() => sendScheduled(clientId))}>${say.scheduledNow}</button>
        <button type="button" class="link" onClick=${() => action.run(async () => takeScheduled(await deleteScheduled(clientId)))}>${say.scheduledDelete}</button>
      </div>`}
    <${Refused} action=${action} />
  </li>`;
}

/** @param {{ one: Scheduled, action: import("./action.js").Action, onEnd: () => void }} props */
function Edit({ one, action, onEnd }) {
  const text = useSignal(one.content);
  const files = useSignal(one.files ?? []);
  const fields = useSignal(fieldsOf(new Date(one.dueAt)));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const content = contentOf(text.peek());
    const moment = momentOf(fields.peek());
    const isSameTime = moment !== null && fieldsOf(moment).date === fieldsOf(new Date(one.dueAt)).date && fieldsOf(moment).time === fieldsOf(new Date(one.dueAt)).time;
    const problem = isBlank(content) && files.peek().length === 0 ? say.laterNothing : bytesLeft(content) < 0 ? say.tooLong({ count: -bytesLeft(content), most: CONTENT_BYTES_MAX }) : isSameTime ? "" : problemOf(moment);
    if (problem) return action.refuse(problem);
    const kept = one.files && { files: files.peek().map(({ fileId }) => fileId) };
    const changes = { content, ...kept, ...(!isSameTime && moment && { dueAt: moment.toISOString() }) };
    if (await action.run(async () => takeScheduled(await changeScheduled(one.clientId, changes)))) onEnd();
    return undefined;
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <label class="field"><span>${say.scheduledText}</span>
      <textarea rows="3" dir="auto" autofocus value=${text} onInput=${(/** @type {any} */ event) => (text.value = event.target.value)}></textarea></label>
    ${files.value.length > 0 && html`<${KeptFiles} files=${files.value} onRemove=${(/** @type {string} */ removed) => (files.value = files.peek().filter(({ fileId }) => fileId !== removed))} />`}
    <${Moment} fields=${fields} />
    <div class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${onEnd}>${say.cancel}</button>
      <button class="button button-main">${say.scheduledSave}</button>
    </div>
  </form>`;
}
