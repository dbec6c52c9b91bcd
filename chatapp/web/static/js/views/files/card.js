/** A file by its name, type and size, and where there is a preview of its first page, with that. */

import { iconOf } from "../../models/files.js";
import { withoutControls } from "../../models/bidi.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { addressOf } from "./addresses.js";
import { FileFacts, FileName } from "./name.js";
import { Picture } from "./picture.js";
import { sizeOf } from "./pictures.js";

/** @typedef {import("../../models/files.js").File} File */

/** @param {{ file: File, children?: any }} props */
export function FileCard({ file, children }) {
  return html`<div class="file-card">
    ${file.kind === "pdf" && (file.previews?.length ?? 0) > 0 && html`<div class="picture picture-page" style=${sizeOf(PAGE_BOX)}><${Picture} file=${file} pixels=${PAGE_BOX.width} alt=${say.firstPageOf({ name: file.name })} /></div>`}
    <div class="file-line">
      <span class="file-icon"><${Icon} name=${iconOf(file)} size=${24} /></span>
      <span class="file-words"><${FileName} name=${file.name} /><${FileFacts} file=${file} /></span>
      ${file.address === undefined && html`<${Download} file=${file} />`}
    </div>
    ${children}
  </div>`;
}

/** The upper part of a first page. */
const PAGE_BOX = { width: 300, height: 200 };

/** @param {{ file: File }} props */
export function Download({ file }) {
  const label = say.downloadNamed({ name: file.name });
  return html`<a class="icon-button" href=${addressOf(file)} download=${withoutControls(file.name)} aria-label=${label} title=${label}><${Icon} name="download" /></a>`;
}
