/** My passkeys: what signs me in without a password. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { momentInWords } from "../../../models/time.js";
import { NoPasskey, canUsePasskeys, suggestedName } from "../../../passkeys.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { PasswordField, TextField } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { addPasskey, fetchPasskeys, removePasskey, renamePasskey } from "./api.js";

/** @typedef {import("./api.js").Passkey} Passkey */

export function PasskeysSection() {
  const version = useSignal(0);
  const open = useSignal("");
  const change = () => {
    open.value = "";
    version.value += 1;
    // What had the focus is gone.
    document.getElementById("dialog-title")?.focus();
  };
  const draw = (/** @type {Awaited<ReturnType<typeof fetchPasskeys>>} */ { passkeys, hasPassword }) => html`
    <ul class="session-list">${passkeys.map((one) =>
      open.value === one.id
        ? html`<${Editor} key=${one.id} passkey=${one} onChange=${change} onCancel=${() => (open.value = "")} />`
        : html`<${Line} key=${one.id} passkey=${one} onOpen=${() => (open.value = one.id)} />`,
    )}</ul>
    ${open.value ? null : canUsePasskeys() ? html`<${NewPasskey} hasPassword=${hasPassword} onChange=${change} />` : html`<p class="note">${say.passkeysUnavailable}</p>`}`;
  return html`<p class="note">${say.passkeysNote}</p><${Fetched} key=${version.value} fetch=${fetchPasskeys} failed=${say.passkeysFailed} draw=${draw} />`;
}

/** @param {{ passkey: Passkey, onOpen: () => void }} props */
function Line({ passkey: { id, name, isBackedUp, createdAt, lastUsedAt }, onOpen }) {
  const facts = [lastUsedAt ? say.sessionUsed({ when: momentInWords(lastUsedAt) }) : say.passkeyUnused, isBackedUp && say.passkeyBackedUp, say.passkeyAdded({ when: momentInWords(createdAt) })];
  return html`<li class="session">
    <span class="session-about"><b><bdi>${name}</bdi></b><small>${facts.filter(Boolean).join(" · ")}</small></span>
    <button type="button" id=${`passkey-${id}`} class="button" aria-label=${say.passkeyChangeNamed({ name })} onClick=${onOpen}>${say.scheduledEdit}</button>
  </li>`;
}

/** @param {{ passkey: Passkey, onChange: () => void, onCancel: () => void }} props */
function Editor({ passkey: { id, name }, onChange, onCancel }) {
  const text = useSignal(name);
  const action = useAction();
  const run = async (/** @type {() => Promise<void>} */ request) => (await action.run(request)) && onChange();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    return text.peek().trim() ? run(() => renamePasskey(id, text.peek())) : action.refuse(say.passkeyNameMissing);
  };
  useLayoutEffect(() => {
    document.getElementById("passkey-new-name")?.focus();
    // To the button that opened this.
    return () => requestAnimationFrame(() => document.getElementById(`passkey-${id}`)?.focus());
  }, []);
  return html`<li class="session"><form class="form" onSubmit=${submit} noValidate>
    <${Refused} action=${action} />
    <${TextField} name="passkey-new-name" label=${say.passkeyName} text=${text} autocomplete="off" />
    <div class="account-buttons">
      <button class="button button-main" disabled=${action.isBusy.value}>${say.save}</button>
      <button type="button" class="button" onClick=${onCancel}>${say.cancel}</button>
      <button type="button" class="button button-bad" disabled=${action.isBusy.value} onClick=${() => run(() => removePasskey(id))}><${Icon} name="trash" size=${18} />${say.memberRemoveButton}</button>
    </div>
  </form></li>`;
}

/**
 * Adds a passkey, or says why the browser made none.
 * @param {string} name
 * @param {string | null} password
 * @param {import("../action.js").Action} action
 * @returns {Promise<boolean>} whether there is one
 */
async function add(name, password, action) {
  try {
    return await action.run(() => addPasskey(name, password));
  } catch (error) {
    if (!(error instanceof NoPasskey)) throw error;
    action.isBusy.value = false;
    action.refuse(error.reason === "known" ? say.passkeyKnown : say.passkeyCancelled);
    return false;
  }
}

/** @param {{ hasPassword: boolean, onChange: () => void }} props */
function NewPasskey({ hasPassword, onChange }) {
  const name = useSignal(suggestedName());
  const password = useSignal("");
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!name.peek().trim()) return action.refuse(say.passkeyNameMissing);
    if (await add(name.peek(), password.peek() || null, action)) onChange();
  };
  return html`<form class="form account-more" onSubmit=${submit} noValidate>
    <h3>${say.passkeyNew}</h3>
    <${Refused} action=${action} />
    <${TextField} name="passkey-name" label=${say.passkeyName} text=${name} autocomplete="off" hint=${say.passkeyNameHint} />
    ${hasPassword && html`<${PasswordField} id="passkey-password" label=${say.accountPasswordCurrent} password=${password} autocomplete="current-password" />`}
    <button class="button button-main" disabled=${action.isBusy.value}><${Icon} name="key" size=${18} />${action.isBusy.value ? say.passkeyAdding : say.passkeyAdd}</button>
  </form>`;
}
