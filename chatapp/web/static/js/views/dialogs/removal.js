/** The form that removes a person for good: what becomes of the messages, the username once more, and my password. */

import { useSignal } from "@preact/signals";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { PasswordField } from "../signinfields.js";
import { Refused, useAction } from "./action.js";

/** @typedef {{ messages: "keep" | "erase", password: string | null }} Wanted */

/**
 * @param {object} props
 * @param {string} props.username who is removed
 * @param {string} props.button
 * @param {(wanted: Wanted) => Promise<void>} props.remove
 * @param {() => void} [props.onCancel]
 */
export function RemovalForm({ username, button, remove, onCancel }) {
  const messages = useSignal(/** @type {"keep" | "erase"} */ ("keep"));
  const typed = useSignal("");
  const password = useSignal("");
  const action = useAction();
  const canRemove = typed.value.trim() === username && !action.isBusy.value;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (canRemove) await action.run(() => remove({ messages: messages.peek(), password: password.peek() || null }));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <label class="field"><span>${say.removalMessages}</span>
      <select name="messages" value=${messages.value} onChange=${(/** @type {any} */ event) => (messages.value = event.target.value)}>
        <option value="keep">${say.removalKeep}</option>
        <option value="erase">${say.removalErase}</option>
      </select>
    </label>
    <label class="field"><span>${say.removalType({ name: username })}</span>
      <input name="confirm" autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="64" value=${typed.value} onInput=${(/** @type {any} */ event) => (typed.value = event.target.value)} />
    </label>
    <${PasswordField} id="current" label=${say.accountPasswordCurrent} password=${password} autocomplete="current-password" hint=${say.accountPasswordNone} />
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      ${onCancel && html`<button type="button" class="button button-quiet" onClick=${onCancel}>${say.cancel}</button>`}
      <button class="button button-main button-bad" aria-disabled=${!canRemove}>${button}</button>
    </footer>
  </form>`;
}
