/** Changing my password. It ends all my sessions but this one, which goes on as a new one. */

import { useSignal } from "@preact/signals";
import { changePassword } from "../../../session.js";
import { say } from "../../../strings.js";
import { me } from "../../../store.js";
import { html } from "../../html.js";
import { PasswordField, passwordHint, problemInPassword } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { fetchManagedBy } from "./api.js";

export function PasswordSection() {
  const draw = (/** @type {{ name: string | null }} */ { name }) => (name === null ? html`<${PasswordForm} />` : html`<p class="note">${say.accountManaged({ name })}</p>`);
  return html`<${Fetched} fetch=${async () => ({ name: await fetchManagedBy() })} failed=${say.accountFailed} draw=${draw} />`;
}

function PasswordForm() {
  const current = useSignal("");
  const wanted = useSignal("");
  const isDone = useSignal(false);
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    isDone.value = false;
    const problem = problemInPassword(wanted.peek());
    if (problem) return action.refuse(problem);
    if (!(await action.run(() => changePassword(current.peek() || null, wanted.peek())))) return;
    current.value = wanted.value = "";
    isDone.value = true;
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p class="note">${say.accountPasswordNote}</p>
    <input type="hidden" name="username" autocomplete="username" value=${me.value} />
    <${Refused} action=${action} />
    <${PasswordField} id="current" label=${say.accountPasswordCurrent} password=${current} isFirst=${true} autocomplete="current-password" hint=${say.accountPasswordNone} />
    <${PasswordField} id="wanted" label=${say.accountPasswordNew} password=${wanted} autocomplete="new-password" hint=${passwordHint()} />
    <button class="button button-main" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.accountPasswordSave}</button>
    <p role="status">${isDone.value && say.accountPasswordDone}</p>
  </form>`;
}
