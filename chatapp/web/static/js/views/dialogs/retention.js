/** How long messages are kept: as a sentence for everybody, and as a field for those who may change it. */

import { useSignal } from "@preact/signals";
import { settings } from "../../config.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { html } from "../html.js";

const LONGEST_DAYS = 36_500;

/** @param {{ retentionDays: number }} conversation @returns {string} of the system and the group the shorter time counts */
export function retentionSentence({ retentionDays }) {
  const times = [retentionDays, settings.retentionDays].filter((days) => days > 0);
  return times.length > 0 ? say.retentionDays({ days: Math.min(...times) }) : say.retentionForever;
}

/**
 * @param {{ days: number, hint: string, save: (days: number) => Promise<import("../../protocol.js").Group | void> }} props
 */
export function RetentionField({ days, hint, save }) {
  const typed = useSignal(String(days));
  const isDone = useSignal(false);
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    isDone.value = false;
    const text = typed.peek().trim();
    if (!/^\d{1,5}$/u.test(text) || Number(text) > LONGEST_DAYS) return action.refuse(say.retentionWrong);
    isDone.value = await action.run(() => save(Number(text)));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <label class="field"><span>${say.retention}</span>
      <input name="days" inputmode="numeric" dir="ltr" maxlength="5" aria-describedby="retention-hint" value=${typed.value} onInput=${(/** @type {any} */ event) => (typed.value = event.target.value)} />
    </label>
    <p id="retention-hint" class="state-hint">${hint}</p>
    <${Refused} action=${action} />
    <button class="button" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.save}</button>
    <p role="status">${isDone.value && say.retentionSaved}</p>
  </form>`;
}
