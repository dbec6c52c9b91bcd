/** Suspending somebody for a time, or banning them. */

import { useSignal } from "@preact/signals";
import { fullMoment } from "../../../models/time.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Refused, useAction } from "../action.js";
import { liftSuspension, suspend } from "./reportapi.js";

const LENGTHS = /** @type {const} */ (["1", "24", "168", "720", "ban"]);

/** @param {import("./reportapi.js").Suspension} suspension */
export const suspensionText = ({ until }) => (until ? say.adminSuspendedUntil({ when: fullMoment(until) }) : say.adminBanned);

/** @param {{ username: string, name: string, onDone: () => void, onCancel: () => void }} props */
export function SuspendForm({ username, name, onDone, onCancel }) {
  const length = useSignal("24");
  const reason = useSignal("");
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const hours = length.peek() === "ban" ? null : Number(length.peek());
    if (await action.run(() => suspend(username, hours, reason.peek()))) onDone();
  };
  return html`<form class="form" onSubmit=${submit}>
    <p class="question"><bdi>${say.adminSuspendTitle({ name })}</bdi></p>
    <p>${say.adminSuspendHint}</p>
    <label class="field"><span>${say.adminSuspendLength}</span>
      <select name="length" value=${length.value} onChange=${(/** @type {any} */ event) => (length.value = event.target.value)}>
        ${LENGTHS.map((one) => html`<option key=${one} value=${one} selected=${one === length.value}>${say.adminSuspendLengths[one]}</option>`)}
      </select>
    </label>
    <label class="field"><span>${say.adminSuspendReason}</span>
      <input name="reason" dir="auto" autocomplete="off" maxlength="500" value=${reason.value} onInput=${(/** @type {any} */ event) => (reason.value = event.target.value)} />
    </label>
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${onCancel}>${say.cancel}</button>
      <button class="button button-main button-bad" aria-disabled=${action.isBusy.value}>${say.adminSuspend}</button>
    </footer>
  </form>`;
}

/** Says what is in force, and lifts it. @param {{ username: string, suspension: import("./reportapi.js").Suspension, onDone: () => void }} props */
export function Suspended({ username, suspension, onDone }) {
  const action = useAction();
  const lift = async () => (await action.run(() => liftSuspension(username))) && onDone();
  return html`<p class="note">${suspensionText(suspension)}${suspension.reason && html`<br /><bdi>${suspension.reason}</bdi>`}</p>
    <${Refused} action=${action} />
    <div class="details-actions"><button type="button" class="button" disabled=${action.isBusy.value} onClick=${lift}>${say.adminLift}</button></div>`;
}
