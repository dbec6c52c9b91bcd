/** Fields that signing in and joining share. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

/** @param {{ password: TextSignal, isFirst: boolean, autocomplete: "current-password" | "new-password", hint?: string }} props */
export function PasswordField({ password, isFirst, autocomplete, hint = "" }) {
  const isShown = useSignal(false);
  useLayoutEffect(() => {
    if (isFirst) document.getElementById("password")?.focus();
  }, []);
  return html`<div class="field">
    <label for="password">${say.signInPassword}</label>
    <span class="field-row">
      <input id="password" name="password" type=${isShown.value ? "text" : "password"} autocomplete=${autocomplete} aria-describedby=${hint && "password-hint"} value=${password}
        onInput=${(/** @type {any} */ event) => (password.value = event.target.value)} />
      <button type="button" class="icon-button" aria-label=${say.showPassword} aria-pressed=${isShown.value}
        onClick=${() => (isShown.value = !isShown.value)}><${Icon} name="eye" /></button>
    </span>
    ${hint && html`<small id="password-hint">${hint}</small>`}
  </div>`;
}

/** @param {{ error: TextSignal }} props */
export function Problem({ error }) {
  return html`<p class="problem" role="alert">${error.value && html`<${Icon} name="warning" size=${18} /><span>${error.value}</span>`}</p>`;
}
