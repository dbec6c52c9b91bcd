/** The files that are attached to the message that is being written, above the message field. */

import { focusField } from "../../../composing.js";
import { objections, setObjections, showPicture } from "./attaching.js";
import { detach, trayOf } from "../../../files/trays.js";
import { stopUploads } from "../../../files/uploads.js";
import { iconOf, sizeText } from "../../../models/files.js";
import { say } from "../../../strings.js";
import { useBlobAddresses } from "../../files/addresses.js";
import { FileName } from "../../files/name.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";

/** @typedef {import("../../../models/outbox.js").OutboxFile} OutboxFile */

/** @param {{ id: string }} props the conversation or the thread */
export function FileTray({ id }) {
  const files = trayOf(id);
  const problems = objections.value.get(id) ?? [];
  return html`<div>
    <div role="alert">${problems.length > 0 && html`<div class="tray-problem">
      <ul>${problems.map((problem) => html`<li key=${problem}>${problem}</li>`)}</ul>
      <button type="button" class="icon-button icon-button-small" aria-label=${say.close} title=${say.close} onClick=${() => setObjections(id, [])}><${Icon} name="close" size=${18} /></button>
    </div>`}</div>
    ${files.length > 0 && html`<ul class="tray" aria-label=${say.attached}>
      ${files.map((file) => html`<${Item} key=${file.id} conversationKey=${id} file=${file} />`)}
    </ul>`}
  </div>`;
}

/** @param {{ conversationKey: string, file: OutboxFile }} props */
function Item({ conversationKey, file }) {
  const { name, kind, size, alt } = file;
  const open = () => showPicture(conversationKey, file.id);
  const remove = () => {
    detach(conversationKey, file);
    // An attempt to schedule the message may have sent it.
    stopUploads([file], true);
    setObjections(conversationKey, []);
    // The button that had the focus is gone.
    focusField(conversationKey);
  };
  return html`<li class="tray-file">
    ${kind === "picture"
      ? html`<button type="button" class="tray-picture" aria-label=${say.attachedShow({ name })} title=${say.attachedShow({ name })} onClick=${open}><${Thumbnail} file=${file} /></button>`
      : html`<span class="tray-icon"><${Icon} name=${iconOf(file)} size=${24} /></span>`}
    <span class="tray-text">
      <${FileName} name=${name} />
      <small>${sizeText(size)}${kind === "picture" && html` <button type="button" class="link" onClick=${open}>${alt ? say.altChange : say.altAdd}<span class="unseen"> ${name}</span></button>`}</small>
    </span>
    <button type="button" class="icon-button icon-button-small" aria-label=${say.attachedRemove({ name })} title=${say.attachedRemove({ name })} onClick=${remove}><${Icon} name="close" size=${18} /></button>
  </li>`;
}

/** @param {{ file: OutboxFile }} props */
function Thumbnail({ file }) {
  const [address] = useBlobAddresses([file.blob]);
  return html`<img src=${address} alt=${file.alt} draggable=${false} />`;
}
