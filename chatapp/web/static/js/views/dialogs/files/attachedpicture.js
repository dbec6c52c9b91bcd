/** An attached picture as it will be sent, and the text for those who do not see it. */

import { useSignal } from "@preact/signals";
import { shownPicture } from "./attaching.js";
import { describe, trayOf } from "../../../files/trays.js";
import { ALT_CHARACTERS_MAX } from "../../../protocol.js";
import { say } from "../../../strings.js";
import { Dialog, closeDialog } from "../../dialog.js";
import { html } from "../../html.js";
import { useBlobAddresses } from "../../files/addresses.js";
import { FileName } from "../../files/name.js";

export function AttachedPictureDialog() {
  const { key, id } = shownPicture.value;
  const file = trayOf(key).find((one) => one.id === id);
  return html`<${Dialog} title=${say.altTitle} look="picture">
    ${file ? html`<${Form} conversationKey=${key} file=${file} />` : html`<p class="state-hint">${say.altGone}</p>`}
  <//>`;
}

/** @param {{ conversationKey: string, file: import("../../../models/outbox.js").OutboxFile }} props */
function Form({ conversationKey, file }) {
  const text = useSignal(file.alt);
  const [address] = useBlobAddresses([file.blob]);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    describe(conversationKey, file.id, { alt: text.peek().trim() });
    closeDialog();
  };
  return html`<form class="form" onSubmit=${submit}>
    <p class="attached-name"><${FileName} name=${file.name} /></p>
    ${address && html`<img class="attached-picture" src=${address} alt=${file.alt} />`}
    <label class="field">
      <span>${say.altLabel}</span>
      <textarea rows="3" dir="auto" maxlength=${ALT_CHARACTERS_MAX} autofocus value=${text} aria-describedby="alt-hint" onInput=${(/** @type {any} */ event) => (text.value = event.target.value)}></textarea>
      <small id="alt-hint">${say.altHint}</small>
    </label>
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
      <button class="button button-main">${say.save}</button>
    </footer>
  </form>`;
}
