/** A link or another secret that is shown once, to copy. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { copyText } from "../../../clipboard.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";

/** @param {{ link: string, note: string, label?: string, button?: string, children?: any }} props */
export function SecretLink({ link, note, label = say.adminLink, button = say.copyLink, children }) {
  const message = useSignal("");
  const copy = async () => (message.value = (await copyText(link)) ? say.copied : say.copyFailed);
  useLayoutEffect(() => document.getElementById("secret-link")?.focus(), []);
  return html`<div class="form administration-link">
    <p class="note">${note}</p>
    <label class="field"><span>${label}</span><input id="secret-link" dir="ltr" readonly value=${link} onFocus=${(/** @type {any} */ event) => event.target.select()} /></label>
    <button type="button" class="button" onClick=${copy}><${Icon} name="copy" size=${18} />${button}</button>
    <p role="status">${message.value}</p>
    ${children}
  </div>`;
}
