/** Under the files of an unsent message: how far each is, and the buttons that take it back. */

import { useComputed } from "@preact/signals";
import { shareOf } from "../../../files/uploads.js";
import { discardEntry, discardFile } from "../../../sending.js";
import { formatOf, say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { FileName } from "../../files/name.js";

/**
 * @typedef {import("../../../models/outbox.js").OutboxEntry} OutboxEntry
 * @typedef {import("../../../models/outbox.js").OutboxFile} OutboxFile
 */

/** A screen reader says how far a file is at each of these steps only. */
const SPOKEN_STEP = 0.25;

/** @param {{ entry: OutboxEntry }} props */
export function UploadLines({ entry }) {
  const { files = [], status } = entry;
  return html`<div class="unsent">
    <ul aria-label=${say.uploads}>${files.map((file) => html`<${Line} key=${file.id} entry=${entry} file=${file} />`)}</ul>
    ${status === "waiting" && files.length > 1 && html`<button type="button" class="link" onClick=${() => discardEntry(entry)}>${say.uploadCancelAll}</button>`}
  </div>`;
}

/** @param {{ entry: OutboxEntry, file: OutboxFile }} props */
function Line({ entry, file }) {
  const { name } = file;
  const share = useComputed(() => shareOf(file.id).value).value;
  const label = entry.status === "waiting" ? say.uploadCancel({ name }) : say.attachedRemove({ name });
  return html`<li class="unsent-file">
    <span class="unsent-text">
      ${(entry.files?.length ?? 0) > 1 && html`<${FileName} name=${name} />`}
      ${entry.status === "waiting" && html`<${Progress} name=${name} share=${share} />`}
    </span>
    <button type="button" class="icon-button icon-button-small" aria-label=${label} title=${label} onClick=${() => discardFile(entry, file)}><${Icon} name="close" size=${18} /></button>
  </li>`;
}

/** @param {{ name: string, share: number }} props */
function Progress({ name, share }) {
  const spoken = Math.floor(share / SPOKEN_STEP) * SPOKEN_STEP;
  return html`<span class="unsent-progress">
    <progress aria-label=${say.uploadProgress({ name })} value=${share} max="1"></progress>
    <small aria-hidden="true">${percent(share)}</small>
    <span class="unseen" role="status">${spoken > 0 && say.uploadSpoken({ name, share: percent(spoken) })}</span>
  </span>`;
}

/** @param {number} share */
const percent = (share) => formatOf("percent", (language) => new Intl.NumberFormat(language, { style: "percent" })).format(share);
