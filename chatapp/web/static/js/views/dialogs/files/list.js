/** All files of a conversation: pictures, other files, and voice messages; the newest first, by month. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { byMonth } from "../../../models/filelist.js";
import { monthName, shortMoment } from "../../../models/time.js";
import { say } from "../../../strings.js";
import { dialog, nameOf, openConversation } from "../../../store.js";
import { FileCard } from "../../files/card.js";
import { openListed } from "../../files/opening.js";
import { altOf, Picture } from "../../files/picture.js";
import { SoundPlayer } from "../../files/sound.js";
import { Dialog } from "../../dialog.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { Empty, Failed } from "../../states.js";
import { leaveFor } from "./galleryfoot.js";
import { filePages } from "./pages.js";

/**
 * @typedef {import("../../../protocol.js").ListedFile} ListedFile
 * @typedef {import("../../../protocol.js").FileChoice} Tab
 */

/** @type {Tab[]} */
const TABS = ["media", "other", "voice"];
const THUMBNAIL_PIXELS = 120;

export function FilesDialog() {
  const conversation = openConversation.value;
  return conversation && html`<${Dialog} title=${say.filesTitle} onBack=${() => (dialog.value = "details")}><${Files} key=${conversation.key} id=${conversation.key} /><//>`;
}

/** @param {{ id: string }} props the conversation's key */
function Files({ id }) {
  const tab = useSignal(/** @type {Tab} */ ("media"));
  return html`
    <${Tabs} tab=${tab.value} onChoose=${(/** @type {Tab} */ chosen) => (tab.value = chosen)} />
    <${Found} key=${tab.value} id=${id} tab=${tab.value} />`;
}

/** @param {{ id: string, tab: Tab }} props */
function Found({ id, tab }) {
  const { pages, load } = useMemo(() => filePages(id, tab), []);
  const { files, more, status } = pages.value;
  useEffect(() => void load(), []);
  return html`
    ${byMonth(files).map((month) => html`<${Month} key=${month.month} tab=${tab} files=${month.files} id=${id} />`)}
    ${files.length === 0 && !more && html`<${Empty} title=${say.filesNone[tab]} />`}
    ${status === "loading" && html`<p role="status"><span class="spinner"></span><span class="unseen">${say.loading}</span></p>`}
    ${status === "failed" && html`<${Failed} sentence=${say.filesFailed} onRetry=${load} />`}
    ${status === "ready" && files.length > 0 && more && html`<button type="button" class="button" onClick=${load}>${say.savedMore}</button>`}`;
}

/** @param {{ tab: Tab, onChoose: (tab: Tab) => void }} props */
function Tabs({ tab, onChoose }) {
  return html`<fieldset class="segments file-tabs"><legend class="unseen">${say.filesWhich}</legend>
    ${TABS.map((value) => html`<label key=${value}><input type="radio" name="files" value=${value} checked=${tab === value} onChange=${() => onChoose(value)} /><span>${say.filesTabs[value]}</span></label>`)}
  </fieldset>`;
}

/** @param {{ tab: Tab, files: ListedFile[], id: string }} props */
function Month({ tab, files, id }) {
  const name = monthName(files[0].timestamp);
  return html`<section aria-label=${name}>
    <h3 class="file-month">${name}</h3>
    <ul class=${tab === "media" ? "file-grid" : "file-list"}>
      ${files.map((listed) => html`<li key=${listed.file.fileId}>${tab === "media" ? html`<${Thumbnail} listed=${listed} id=${id} />` : html`<${Line} listed=${listed} id=${id} />`}</li>`)}
    </ul>
  </section>`;
}

/** @param {{ listed: ListedFile, id: string }} props */
function Thumbnail({ listed, id }) {
  const { file, sender } = listed;
  const hasPicture = file.kind === "picture" || (file.previews?.length ?? 0) > 0;
  const label = say.fileFrom({ file: file.kind === "video" ? say.videoNamed({ name: file.name }) : altOf(file), name: nameOf(sender) });
  return html`<button type="button" class="picture picture-open" aria-label=${label} aria-haspopup="dialog" onClick=${() => openListed(id, listed, [], true)}>
    ${hasPicture && html`<${Picture} file=${file} pixels=${THUMBNAIL_PIXELS} alt="" />`}
    ${file.kind === "video" && html`<span class="picture-kind"><${Icon} name="film" size=${28} /></span>`}
  </button>`;
}

/** @param {{ listed: ListedFile, id: string }} props */
function Line({ listed, id }) {
  const { file, messageId, sender, timestamp } = listed;
  const View = file.kind === "audio" || file.isVoice ? SoundPlayer : FileCard;
  return html`<${View} file=${file} />
    <p class="file-from"><bdi>${nameOf(sender)}</bdi> <time dateTime=${timestamp}>${shortMoment(timestamp)}</time>
      ${file.kind === "text" && html`<button type="button" class="link" onClick=${() => openListed(id, listed, [], true)}>${say.textFileWhole}</button>`}
      <button type="button" class="link" onClick=${() => leaveFor(messageId)}>${say.goToMessage}</button></p>`;
}
