/** The second step of a sign-in by password: a code of the authenticator app, or a recovery code. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { say } from "../strings.js";
import { html } from "./html.js";
import { Problem } from "./signinfields.js";

/**
 * @param {object} props
 * @param {import("./signinfields.js").TextSignal} props.error
 * @param {boolean} props.isBusy
 * @param {(code: string) => void} props.onCode
 * @param {() => void} props.onBack
 */
export function SecondStep({ error, isBusy, onCode, onBack }) {
  const code = useSignal("");
  const isLost = useSignal(false);
  useLayoutEffect(() => document.getElementById("code")?.focus(), [isLost.value]);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (code.peek().trim()) onCode(code.peek());
    else error.value = say.codeIncomplete;
  };
  const change = () => {
    code.value = error.value = "";
    isLost.value = !isLost.value;
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p class="note">${isLost.value ? say.codeRecoveryHint : say.codeHint}</p>
    <${Problem} error=${error} />
    <${CodeField} code=${code} label=${isLost.value ? say.codeRecovery : say.code} isNumber=${!isLost.value} />
    <button class="button button-main" disabled=${isBusy}>${isBusy ? say.signInBusy : say.signInButton}</button>
    <button type="button" class="button button-quiet" onClick=${change}>${isLost.value ? say.codeUseApp : say.codeUseRecovery}</button>
    <button type="button" class="button button-quiet" onClick=${onBack}>${say.dialogBack}</button>
  </form>`;
}

/** @param {{ code: import("./signinfields.js").TextSignal, label: string, isNumber: boolean }} props */
export function CodeField({ code, label, isNumber }) {
  return html`<div class="field">
    <label for="code">${label}</label>
    <input id="code" name="code" dir="ltr" class="code-field" inputmode=${isNumber ? "numeric" : "text"} autocomplete=${isNumber ? "one-time-code" : "off"} autocapitalize="none" spellcheck=${false}
      value=${code} onInput=${(/** @type {any} */ event) => (code.value = event.target.value)} />
  </div>`;
}
