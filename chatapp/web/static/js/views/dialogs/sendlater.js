/** Sends the draft of a conversation or a thread later. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { endPurpose, focusField, purposes, writtenIn } from "../../composing.js";
import { endDraft } from "../../drafts.js";
import { forgetLimits } from "../../files/limits.js";
import { detach, trayOf } from "../../files/trays.js";
import { stopUploads } from "../../files/uploads.js";
import { notify } from "../../messageactions.js";
import { parseKey } from "../../models/keys.js";
import { fieldsOf, momentOf, presetsAt } from "./latertimes.js";
import { fileToSend, newClientId } from "../../models/outbox.js";
import { contentOf, isBlank } from "../../models/text.js";
import { fullMoment } from "../../models/time.js";
import { takeScheduled } from "../../ownchanges.js";
import { previewOf } from "../../renderer.js";
import { schedule } from "./laterapi.js";
import { AttachedFiles, sendAttached, sendAttachedAgain } from "./laterfiles.js";
import { locale, say } from "../../strings.js";
import { drafts } from "../../store.js";
import { endTyping } from "../../typing.js";
import { closeDialog, Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Refused, useAction } from "./action.js";
import { Moment, problemOf } from "./moment.js";

export function SendLaterDialog() {
  const key = writtenIn.value;
  const text = contentOf(drafts.value.get(key) ?? "");
  return html`<${Dialog} title=${say.sendLater}>
    ${isBlank(text) && trayOf(key).length === 0 ? html`<p class="state-hint">${say.laterNothing}</p>` : html`<${Form} id=${key} text=${text} />`}
  <//>`;
}

/** @param {{ id: string, text: string }} props */
function Form({ id, text }) {
  const [presets] = useState(() => presetsAt(new Date()));
  const fields = useSignal(fieldsOf(presets.tomorrow));
  const { action, run } = useScheduling(id, text);
  const files = trayOf(id);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const moment = momentOf(fields.peek());
    const problem = problemOf(moment);
    if (problem || !moment) return action.refuse(problem);
    if (!(await run(moment))) return undefined;
    endPurpose(id);
    endDraft(id);
    for (const file of trayOf(id)) detach(id, file);
    endTyping();
    closeDialog();
    // The button that opened the dialog is gone with the text.
    focusField(id);
    return notify(say.laterDone({ moment: fullMoment(moment.toISOString()) }));
  };
  const choose = (/** @type {Date} */ moment) => () => (fields.value = fieldsOf(moment));
  return html`<form class="form" onSubmit=${submit} noValidate>
    ${!isBlank(text) && html`<p class="menu-message"><bdi>${previewOf(text)}</bdi></p>`}
    ${files.length > 0 && html`<${AttachedFiles} files=${files} isSending=${action.isBusy.value} />`}
    <div class="later-presets">
      <${Preset} text=${say.laterInAnHour} moment=${presets.hour} onClick=${choose(presets.hour)} />
      <${Preset} text=${say.laterTomorrow} moment=${presets.tomorrow} onClick=${choose(presets.tomorrow)} />
      <${Preset} text=${say.laterMonday} moment=${presets.monday} onClick=${choose(presets.monday)} />
    </div>
    <${Moment} fields=${fields} />
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
      <button class="button button-main" aria-disabled=${action.isBusy.value}>${say.laterButton}</button>
    </footer>
  </form>`;
}

/**
 * Sends the attached files, then schedules the message. Closing the dialog stops the first.
 * @param {string} id
 * @param {string} text
 */
function useScheduling(id, text) {
  // The same id for every attempt, because an attempt that seemed to fail may have scheduled the message.
  const [clientId] = useState(newClientId);
  const action = useAction();
  const isOpen = useRef(true);
  useEffect(() => () => {
    isOpen.current = false;
    stopUploads(trayOf(id), false);
  }, [id]);
  const run = async (/** @type {Date} */ moment) => {
    const purpose = purposes.peek().get(id);
    const replyTo = purpose?.kind === "reply" ? purpose.message.sequence : undefined;
    let reason = "";
    let isScheduled = false;
    await action.run(async () => {
      reason = await sendAttached(id, clientId, () => isOpen.current);
      if (reason || !isOpen.current) return;
      const files = trayOf(id).length > 0 ? { files: trayOf(id).map(fileToSend) } : {};
      takeScheduled(await schedule({ ...parseKey(id), content: text, clientId, dueAt: moment.toISOString(), replyTo, ...files }));
      isScheduled = true;
      forgetLimits();
    });
    if (reason) action.refuse(reason);
    if (action.refusal.peek().code === "upload_missing") sendAttachedAgain(id);
    return isScheduled;
  };
  return { action, run };
}

/** @param {{ text: string, moment: Date, onClick: () => void }} props */
function Preset({ text, moment, onClick }) {
  return html`<button type="button" class="button" onClick=${onClick}>${text} <small><time dateTime=${moment.toISOString()}>${whenOf(moment)}</time></small></button>`;
}

/** @param {Date} moment @returns {string} the weekday and the time */
function whenOf(moment) {
  return moment.toLocaleString(locale(), { weekday: "short", hour: "numeric", minute: "2-digit" });
}
