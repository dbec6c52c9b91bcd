/** The name of the chat, who may join, and the limits that are set where the server is started. */

import { useSignal } from "@preact/signals";
import { settings } from "../../../config.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { JoiningChoice } from "../../setup/joiningchoice.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { systemDays, takeRetention } from "../../../retention.js";
import { RetentionField, RetentionQuestion, useRetention } from "../retention.js";
import { changeInstallation, fetchLimits, previewRetention } from "./api.js";

const LONGEST_NAME = 60;

export function SystemSection() {
  const retention = useRetention({ days: systemDays.value, preview: previewRetention, save: keepFor });
  if (retention.asked.value) return html`<${RetentionQuestion} asked=${retention.asked.value} retention=${retention} />`;
  return html`
    <${SystemForm} />
    <${RetentionField} retention=${retention} hint=${say.retentionSystemHint} />
    <h3 class="administration-heading">${say.adminLimits}</h3>
    <p class="state-hint">${say.adminLimitsHint}</p>
    <${Fetched} fetch=${fetchLimits} failed=${say.adminFailed} draw=${drawLimits} />`;
}

/** @param {number} retentionDays */
async function keepFor(retentionDays) {
  takeRetention(await changeInstallation({ retentionDays }));
}

/** @param {{ name: string, value: string }[]} limits */
function drawLimits(limits) {
  return html`<dl class="limits" dir="ltr">${limits.map(({ name, value }) => html`<div key=${name}><dt>${name}</dt><dd>${value || "–"}</dd></div>`)}</dl>`;
}

function SystemForm() {
  const name = useSignal(settings.systemName);
  const joining = useSignal(settings.joining);
  const isDone = useSignal(false);
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    isDone.value = false;
    const systemName = name.peek().trim();
    if (!systemName) return action.refuse(say.setupNameMissing);
    const change = settings.isJoiningFixed ? { systemName } : { systemName, joining: joining.peek() };
    isDone.value = await action.run(async () => void Object.assign(settings, await changeInstallation(change)));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <label class="field"><span>${say.setupName}</span>
      <input name="systemName" dir="auto" maxlength=${LONGEST_NAME} autocomplete="organization" value=${name.value} onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} />
    </label>
    <${JoiningChoice} joining=${joining} />
    <${Refused} action=${action} />
    <button class="button button-main" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.save}</button>
    <p role="status">${isDone.value && say.adminSystemDone}</p>
  </form>`;
}
