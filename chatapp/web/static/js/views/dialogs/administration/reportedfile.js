/** A file of a message around a reported one. It is recorded who looks at it, so nothing of it is loaded before it is asked for. */

import { useSignal } from "@preact/signals";
import { iconOf } from "../../../models/files.js";
import { withoutControls } from "../../../models/bidi.js";
import { say } from "../../../strings.js";
import { FileFacts, FileName } from "../../files/name.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { addressOfReported } from "./reportapi.js";

/** @param {{ messageId: string, file: import("../../../protocol.js").File }} props `messageId` is that of the reported one */
export function ReportedFile({ messageId, file }) {
  const isShown = useSignal(false);
  const { fileId, name, previews = [], alt } = file;
  const label = say.downloadNamed({ name });
  return html`<div class="file-line">
      <span class="file-icon"><${Icon} name=${iconOf(file)} size=${24} /></span>
      <span class="file-words"><${FileName} name=${name} /><${FileFacts} file=${file} /></span>
      ${previews.length > 0 && !isShown.value && html`<button type="button" class="link" onClick=${() => (isShown.value = true)}>${say.adminReportShow}<span class="unseen"> ${name}</span></button>`}
      <a class="icon-button" href=${addressOfReported(messageId, fileId)} download=${withoutControls(name)} aria-label=${label} title=${label}><${Icon} name="download" /></a>
    </div>
    ${isShown.value && html`<img class="report-picture" src=${addressOfReported(messageId, fileId, previews.length - 1)} alt=${alt ?? name} />`}`;
}
