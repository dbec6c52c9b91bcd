/** The files of a message that is to be sent later: the server has them before the message is scheduled. */

import { useComputed } from "@preact/signals";
import { describe, trayOf } from "../../files/trays.js";
import { beginAnew, shareOf, uploadFiles } from "../../files/uploads.js";
import { iconOf, sizeText } from "../../models/files.js";
import { failureSentence, say } from "../../strings.js";
import { FileName } from "../files/name.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";

/** @typedef {import("../../models/outbox.js").OutboxFile} OutboxFile */

/**
 * Sends the attached files that the server does not have.
 * @param {string} key the conversation or the thread
 * @param {string} clientId of the message
 * @param {() => boolean} isWanted whether the message is still to be scheduled
 * @returns {Promise<string>} why they could not be sent, in a sentence; empty if they were, or if it is not wanted any more
 */
export async function sendAttached(key, clientId, isWanted) {
  const present = () => (isWanted() ? trayOf(key) : []);
  const note = (/** @type {string} */ id, /** @type {string | null} */ uploadId) => describe(key, id, { uploadId });
  const problem = await uploadFiles({ clientId, files: trayOf(key) }, { present, note });
  if (!problem) return "";
  const reason = failureSentence(problem.code, say.failedUnknown);
  return problem.name ? say.failedFile({ name: problem.name, reason }) : reason;
}

/** The server has forgotten uploads: the next attempt sends the files anew. @param {string} key */
export function sendAttachedAgain(key) {
  beginAnew(trayOf(key));
  for (const { id } of trayOf(key)) describe(key, id, { uploadId: null });
}

/** @param {{ files: OutboxFile[], isSending: boolean }} props */
export function AttachedFiles({ files, isSending }) {
  return html`<ul class="later-files">${files.map((file) => html`<${Attached} key=${file.id} file=${file} isSending=${isSending} />`)}</ul>`;
}

/** @param {{ file: OutboxFile, isSending: boolean }} props */
function Attached({ file, isSending }) {
  const share = useComputed(() => shareOf(file.id).value).value;
  return html`<li><${Icon} name=${iconOf(file)} size=${18} /> <${FileName} name=${file.name} />
    ${isSending ? html`<progress aria-label=${say.uploadProgress({ name: file.name })} value=${share} max="1"></progress>` : html`<small>${sizeText(file.size)}</small>`}</li>`;
}

/**
 * The files of a scheduled message while it is changed.
 * @param {{ files: import("../../protocol.js").File[], onRemove: (fileId: string) => void }} props
 */
export function KeptFiles({ files, onRemove }) {
  return html`<ul class="later-files">${files.map(({ fileId, name, size, kind, isVoice }) => html`<li key=${fileId}>
    <${Icon} name=${iconOf({ kind, isVoice })} size=${18} /> <${FileName} name=${name} /> <small>${sizeText(size)}</small>
    <button type="button" class="icon-button icon-button-small" aria-label=${say.attachedRemove({ name })} title=${say.attachedRemove({ name })} onClick=${() => onRemove(fileId)}><${Icon} name="close" size=${18} /></button>
  </li>`)}</ul>`;
}
