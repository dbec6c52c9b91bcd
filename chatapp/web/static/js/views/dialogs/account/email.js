/** My e-mail address: links for a new password are sent there, word of what changed about my account, and of what I have missed. */

import { useSignal } from "@preact/signals";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { PasswordField } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { DigestChoice } from "./digest.js";
import { fetchEmail, removeEmail, setEmail } from "./api.js";

/** @typedef {import("./api.js").OwnEmail} OwnEmail */

export function EmailSection() {
  const version = useSignal(0);
  const done = useSignal("");
  const onChange = (/** @type {string} */ sentence) => {
    done.value = sentence;
    version.value += 1;
  };
  const draw = (/** @type {OwnEmail} */ own) => html`<${EmailForm} own=${own} onChange=${onChange} />
    ${own.canMail && own.email && html`<${DigestChoice} />`}`;
  return html`<${Fetched} key=${version.value} fetch=${fetchEmail} failed=${say.emailFailed} draw=${draw} />
    <p role="status">${done.value}</p>`;
}

/** @param {{ own: OwnEmail, onChange: (sentence: string) => void }} props */
function EmailForm({ own, onChange }) {
  const email = useSignal("");
  const password = useSignal("");
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const wanted = email.peek().trim();
    if (!wanted.includes("@")) return action.refuse(say.emailIncomplete);
    if (await action.run(() => setEmail(wanted, password.peek() || null))) onChange(say.emailSent);
  };
  const remove = async () => (await action.run(() => removeEmail(password.peek() || null))) && onChange(say.emailRemoved);
  const isWrong = action.refusal.value.code === "invalid_input";
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p class="note">${say.emailNote}</p>
    ${own.email && html`<p>${say.emailIs({ email: own.email })}</p>`}
    ${own.waiting && html`<p>${say.emailWaits({ email: own.waiting })}</p>`}
    ${isWrong ? html`<p class="problem" role="alert">${say.emailIncomplete}</p>` : html`<${Refused} action=${action} />`}
    ${own.canMail ? html`<${EmailField} email=${email} label=${own.email ? say.emailOther : say.email} />` : html`<p>${say.emailOff}</p>`}
    ${(own.canMail || own.email) && html`<${PasswordField} id="own-password" label=${say.accountPasswordCurrent} password=${password} autocomplete="current-password" hint=${say.accountPasswordNone} />`}
    <div class="account-buttons">
      ${own.canMail && html`<button class="button button-main" disabled=${action.isBusy.value}>${say.emailSend}</button>`}
      ${(own.email || own.waiting) && html`<button type="button" class="button button-bad" disabled=${action.isBusy.value} onClick=${remove}>${say.emailRemove}</button>`}
    </div>
  </form>`;
}

/** @param {{ email: import("@preact/signals").Signal<string>, label: string }} props */
function EmailField({ email, label }) {
  return html`<label class="field">
    <span>${label}</span>
    <input name="email" type="email" dir="ltr" autocomplete="email" autocapitalize="none" spellcheck=${false} value=${email}
      onInput=${(/** @type {any} */ event) => (email.value = event.target.value)} />
  </label>`;
}
