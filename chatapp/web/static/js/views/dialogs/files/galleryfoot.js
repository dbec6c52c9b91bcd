/** Below a picture of the gallery: what it shows, whose it is, and what can be done with it. */

import { fullMoment } from "../../../models/time.js";
import { LARGEST_SCALE } from "../../../models/zoom.js";
import { goToMessage } from "../../../router.js";
import { say } from "../../../strings.js";
import { nameOf } from "../../../store.js";
import { Download } from "../../files/card.js";
import { FileFacts } from "../../files/name.js";
import { closeDialog } from "../../dialog.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";

/** @typedef {import("../../../protocol.js").ListedFile} ListedFile */

/** @param {{ listed: ListedFile, stage: ReturnType<typeof import("./stage.js").useStage>, number: number, count: number, isWhole: boolean }} props `isWhole`: all files of the conversation are counted */
export function GalleryFoot({ listed: { file, messageId, sender, timestamp }, stage, number, count, isWhole }) {
  const { scale } = stage.view.value;
  return html`<footer class="gallery-foot">
    <div class="gallery-about">
      ${file.alt && html`<p class="gallery-caption" dir="auto">${file.alt}</p>`}
      <p><b><bdi>${nameOf(sender)}</bdi></b> <time dateTime=${timestamp}>${fullMoment(timestamp)}</time> <${FileFacts} file=${file} /></p>
    </div>
    <p class="gallery-count" role="status">${isWhole && say.galleryCount({ number, count })}</p>
    <div class="gallery-buttons">
      ${file.kind === "picture" && html`<${Button} icon="minus" label=${say.zoomOut} isOff=${scale <= 1} onClick=${stage.reduce} />
        <${Button} icon="plus" label=${say.zoomIn} isOff=${scale >= LARGEST_SCALE} onClick=${stage.enlarge} />`}
      <${Download} file=${file} />
      <${Button} icon="thread" label=${say.goToMessage} isOff=${false} onClick=${() => leaveFor(messageId)} />
    </div>
  </footer>`;
}

/** @param {string} messageId */
export function leaveFor(messageId) {
  closeDialog();
  goToMessage(messageId);
}

/** @param {{ icon: import("../../icons.js").IconName, label: string, isOff: boolean, onClick: () => void }} props */
function Button({ icon, label, isOff, onClick }) {
  return html`<button type="button" class="icon-button" aria-label=${label} title=${label} aria-disabled=${isOff} onClick=${onClick}><${Icon} name=${icon} /></button>`;
}
