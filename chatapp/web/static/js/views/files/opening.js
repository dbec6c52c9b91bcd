/** The file that is shown as large as the window. */

import { signal } from "@preact/signals";
import { dialog } from "../../store.js";

/**
 * @typedef {import("../../models/files.js").File} File
 * @typedef {import("../../protocol.js").ListedFile} ListedFile
 */

/** And the conversation that it is in. @type {import("@preact/signals").Signal<{ key: string, listed: ListedFile, near: ListedFile[], isFromList: boolean } | null>} */
export const openedFile = signal(null);

/**
 * @param {string} key of the conversation
 * @param {import("../../protocol.js").Message} message
 * @param {File} file of the message
 */
export function openFile(key, message, file) {
  const near = (message.files ?? []).map((one) => listedOf(message, one));
  openListed(key, near.find((one) => one.file.fileId === file.fileId) ?? listedOf(message, file), near);
}

/**
 * @param {string} key
 * @param {ListedFile} listed
 * @param {ListedFile[]} near others that are known already
 * @param {boolean} [isFromList] whether it leads back to the list of files
 */
export function openListed(key, listed, near, isFromList = false) {
  openedFile.value = { key, listed, near, isFromList };
  dialog.value = listed.file.kind === "text" ? "textFile" : "gallery";
}

/**
 * @param {import("../../protocol.js").Message} message
 * @param {File} file
 * @returns {ListedFile}
 */
const listedOf = ({ messageId, sequence, sender, timestamp }, file) => ({ file, messageId, sequence, sender, timestamp });
