/** My data: download all of it. */

import { useSignal } from "@preact/signals";
import { say } from "../../../strings.js";
import { me } from "../../../store.js";
import { html } from "../../html.js";
import { PasswordField } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { fetchPasskeys } from "./api.js";
import { downloadExport } from "./download.js";

export function OwnDataSection() {
  const draw = (/** @type {{ hasPassword: boolean }} */ { hasPassword }) => html`<${ExportForm} hasPassword=${hasPassword} />`;
  return html`<p class="note">${say.ownDataNote}</p><${Fetched} fetch=${fetchPasskeys} failed=${say.passkeysFailed} draw=${draw} />`;
}

/** @param {{ hasPassword: boolean }} props */
function ExportForm({ hasPassword }) {
  const password = useSignal("");
  const isDone = useSignal(false);
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (action.isBusy.peek()) return;
    isDone.value = false;
    isDone.value = await action.run(() => downloadExport(password.peek() || null));
    if (isDone.peek()) password.value = "";
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <input type="hidden" name="username" autocomplete="username" value=${me.value} />
    <${Refused} action=${action} />
    ${hasPassword && html`<${PasswordField} id="export-password" label=${say.ownDataPassword} password=${password} autocomplete="current-password" />`}
    <button class="button button-main" aria-disabled=${action.isBusy.value}>${action.isBusy.value ? say.ownDataExporting : say.ownDataExport}</button>
    <p role="status">${isDone.value && say.ownDataDone}</p>
  </form>`;
}
