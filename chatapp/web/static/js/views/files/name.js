/** The name of a file, on one line. Where it is too long, its middle is left out, and never its extension. */

import { extensionOf, nameParts, sizeText } from "../../models/files.js";
import { withoutControls } from "../../models/bidi.js";
import { direction } from "../../strings.js";
import { html } from "../html.js";

/** @typedef {import("../../models/files.js").File} File */

/** @param {{ name: string }} props */
export function FileName({ name }) {
  const { start, end } = nameParts(name);
  return html`<bdi class="file-name" title=${withoutControls(name)}>${start && html`<span class="file-name-start">${start}</span>`}<span class="file-name-end">${end}</span></bdi>`;
}

/** @param {{ file: File }} props */
export function FileFacts({ file }) {
  const type = extensionOf(file.name) || withoutControls(file.type);
  return html`<small class="file-facts" dir=${direction()}>${type && html`<bdi>${type}</bdi> · `}${sizeText(file.size)}</small>`;
}
