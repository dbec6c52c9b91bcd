/** Changing my username. My sessions go on; the page starts over when it hears of the change, as everybody's does. */

import { useSignal } from "@preact/signals";
import { say } from "../../../strings.js";
import { me } from "../../../store.js";
import { html } from "../../html.js";
import { PasswordField } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { changeUsername, fetchManagedBy } from "./api.js";

export function UsernameSection() {
  const draw = (/** @type {{ name: string | null }} */ { name }) => (name === null ? html`<${UsernameForm} />` : html`<p class="note">${say.accountManaged({ name })}</p>`);
  return html`<${Fetched} fetch=${async () => ({ name: await fetchManagedBy() })} failed=${say.accountFailed} draw=${draw} />`;
}

function UsernameForm() {
  const wanted = useSignal(me.peek());
  const password = useSignal("");
  const action = useAction();
  const canSave = wanted.value !== "" && wanted.value !== me.value && !action.isBusy.value;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (canSave) await action.run(() => changeUsername(wanted.peek(), password.peek() || null));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p class="note">${say.usernameNote}</p>
    <${Refused} action=${action} />
    <label class="field"><span>${say.usernameNew}</span>
      <input name="username" autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="64" value=${wanted.value} aria-describedby="username-hint" onInput=${(/** @type {any} */ event) => (wanted.value = event.target.value)} />
      <small id="username-hint">${say.joinUsernameHint}</small>
    </label>
    <${PasswordField} id="current" label=${say.accountPasswordCurrent} password=${password} autocomplete="current-password" hint=${say.accountPasswordNone} />
    <button class="button button-main" aria-disabled=${!canSave}>${action.isBusy.value ? say.saving : say.usernameSave}</button>
  </form>`;
}
