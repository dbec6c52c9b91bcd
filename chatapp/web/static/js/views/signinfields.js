/** Fields that signing in and joining share. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

export const SHORTEST_PASSWORD = 8;

/**
 * @param {object} props
 * @param {TextSignal} props.password
 * @param {"current-password" | "new-password"} props.autocomplete
 * @param {boolean} [props.isFirst] whether it has the focus at first
 * @param {string} [props.id]
 * @param {string} [props.label]
 * @param {string} [props.hint]
 */
export function PasswordField({ password, autocomplete, isFirst = false, id = "password", label = say.signInPassword, hint = "" }) {
  const isShown = useSignal(false);
  useLayoutEffect(() => {
    if (isFirst) document.getElementById(id)?.focus();
  }, []);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <span class="field-row">
      <input id=${id} name=${id} type=${isShown.value ? "text" : "password"} autocomplete=${autocomplete} aria-describedby=${hint && `${id}-hint`} value=${password}
        onInput=${(/** @type {any} */ event) => (password.value = event.target.value)} />
      <button type="button" class="icon-button" aria-label=${say.showPassword} aria-pressed=${isShown.value}
        onClick=${() => (isShown.value = !isShown.value)}><${Icon} name="eye" /></button>
    </span>
    ${hint && html`<small id=${`${id}-hint`}>${hint}</small>`}
  </div>`;
}

/** @param {{ name: string, label: string, text: TextSignal, autocomplete: string, hint?: string }} props */
export function TextField({ name, label, text, autocomplete, hint = "" }) {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <input id=${name} name=${name} dir="auto" autocomplete=${autocomplete} autocapitalize=${name === "username" ? "none" : "words"} spellcheck=${false}
      aria-describedby=${hint && `${name}-hint`} value=${text} onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
    ${hint && html`<small id=${`${name}-hint`}>${hint}</small>`}
  </div>`;
}

/** @param {{ error: TextSignal }} props */
export function Problem({ error }) {
  return html`<p class="problem" role="alert">${error.value && html`<${Icon} name="warning" size=${18} /><span>${error.value}</span>`}</p>`;
}
