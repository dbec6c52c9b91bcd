/** The files of a message, in their order: each as what it is, in a place whose size is known before it is loaded. */

import { fromUnsent, groupsOf } from "../../models/files.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { useBlobAddresses } from "./addresses.js";
import { FileCard } from "./card.js";
import { openFile } from "./opening.js";
import { Pictures } from "./pictures.js";
import { SoundPlayer } from "./sound.js";
import { TextFile } from "./text.js";
import { Video } from "./video.js";

/**
 * @typedef {import("../../models/files.js").File} File
 * @typedef {import("./pictures.js").Open} Open
 */

/** @type {Record<string, any>} */
const VIEWS = { video: Video, audio: SoundPlayer, text: TextFile };

/** @param {{ files: File[], onOpen?: Open }} props without `onOpen` while their message is not sent */
function Files({ files, onOpen }) {
  return html`<div class="files" role="group" aria-label=${say.files({ count: files.length })}>
    ${groupsOf(files).map((group, at) => (group.kind === "pictures" ? html`<${Pictures} key=${at} files=${group.files} onOpen=${onOpen} />` : html`<${VIEWS[group.kind] ?? FileCard} key=${at} file=${group.files[0]} onOpen=${onOpen} />`))}
  </div>`;
}

/** @param {{ message: import("../../protocol.js").Message, conversationKey: string }} props */
export function SentFiles({ message, conversationKey }) {
  const { files = [] } = message;
  return html`<${Files} files=${files} onOpen=${(/** @type {File} */ file) => openFile(conversationKey, message, file)} />`;
}

/** @param {{ files: import("../../models/outbox.js").OutboxFile[] }} props */
export function UnsentFiles({ files }) {
  const addresses = useBlobAddresses(files.map(({ blob }) => blob));
  return html`<${Files} files=${files.map((file, at) => fromUnsent(file, addresses[at]))} />`;
}
