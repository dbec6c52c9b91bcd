/** What signing in, joining, setting up and choosing a password share: fields, and why something was refused. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { fullMoment } from "../models/time.js";
import { failureSentence, say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

const SHORTEST_PASSWORD = 8;

export const passwordHint = () => say.joinPasswordHint({ count: SHORTEST_PASSWORD });

/** @param {string} password @returns {string} what is wrong with it; empty for nothing */
export const problemInPassword = (password) => ([...password].length < SHORTEST_PASSWORD ? passwordHint() : "");

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

/** @typedef {{ username: TextSignal, firstName: TextSignal, lastName: TextSignal, password: TextSignal }} Account */

/** The fields of a new account. @param {{ account: Account }} props */
export function AccountFields({ account: { firstName, lastName, username, password } }) {
  return html`
    <${TextField} name="firstName" label=${say.joinFirstName} text=${firstName} autocomplete="given-name" />
    <${TextField} name="lastName" label=${say.joinLastName} text=${lastName} autocomplete="family-name" />
    <${TextField} name="username" label=${say.signInUsername} text=${username} autocomplete="username" hint=${say.joinUsernameHint} />
    <${PasswordField} password=${password} autocomplete="new-password" hint=${passwordHint()} />`;
}

/** @param {Account} account */
export function textsOf({ username, firstName, lastName, password }) {
  return { username: username.value.trim(), firstName: firstName.value.trim(), lastName: lastName.value.trim(), password: password.value };
}

/** @param {Account} account @returns {string} what is missing or wrong; empty for nothing */
export function problemInAccount(account) {
  const { username, firstName, password } = textsOf(account);
  return username && firstName && password ? problemInPassword(password) : say.joinIncomplete;
}

/**
 * @param {import("../api.js").ApiError} failure
 * @param {Record<string, string>} sentences by the code or the status of the refusal
 * @param {string} otherwise
 */
export function refusalSentence(failure, sentences, otherwise) {
  if (failure.isOffline) return say.signInOffline;
  if (failure.status === 429) return say.signInTooMany({ seconds: failure.retryAfterSeconds });
  if (failure.code === "account_suspended") return failure.until ? say.suspendedUntil({ when: fullMoment(failure.until) }) : say.signInErrors.account_suspended;
  return sentences[failure.code] ?? sentences[failure.status] ?? failureSentence(failure.code, otherwise);
}
