/** A text file as large as the window allows. */

import { fetchBeginning } from "../../../fileapi.js";
import { withoutControls } from "../../../models/bidi.js";
import { sizeText } from "../../../models/files.js";
import { BEGINNING_BYTES } from "../../../models/textfiles.js";
import { say } from "../../../strings.js";
import { dialog } from "../../../store.js";
import { Download } from "../../files/card.js";
import { FileFacts } from "../../files/name.js";
import { openedFile } from "../../files/opening.js";
import { TextContent } from "../../files/text.js";
import { Dialog } from "../../dialog.js";
import { html } from "../../html.js";
import { Fetched } from "../fetched.js";

export function TextFileDialog() {
  const opened = openedFile.value;
  if (!opened) return null;
  const { listed: { file }, isFromList } = opened;
  return html`<${Dialog} title=${withoutControls(file.name)} look="text" onBack=${isFromList ? () => (dialog.value = "files") : null}>
    <p class="text-facts"><${FileFacts} file=${file} /><${Download} file=${file} /></p>
    ${file.size > BEGINNING_BYTES && html`<p class="note">${say.textFileCut({ size: sizeText(BEGINNING_BYTES) })}</p>`}
    <${Fetched} key=${file.fileId} fetch=${() => fetchBeginning(file.fileId, BEGINNING_BYTES)} failed=${say.textFileFailed}
      draw=${(/** @type {string} */ text) => html`<${TextContent} text=${text} name=${file.name} />`} />
  <//>`;
}
