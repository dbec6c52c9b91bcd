/** The ways for files into a message: the button, a drop on the conversation, and a paste into the message field. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fieldId, focusField } from "../../../composing.js";
import { addFiles } from "./attaching.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";

/** @param {{ id: string }} props the conversation or the thread */
export function AttachButton({ id }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const pick = (/** @type {any} */ event) => {
    addFiles(id, [...event.target.files]);
    // The same file can be chosen again.
    event.target.value = "";
    focusField(id);
  };
  return html`<span class="attach">
    <button type="button" class="icon-button" aria-label=${say.attachFiles} title=${say.attachFiles} onClick=${() => input.current?.click()}><${Icon} name="paperclip" size=${22} /></button>
    <input ref=${input} type="file" multiple hidden id=${`${fieldId(id)}-files`} onChange=${pick} />
  </span>`;
}

/**
 * Covers the conversation while files are dragged over it.
 * @param {{ id: string }} props
 */
export function DropZone({ id }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const isOver = useSignal(false);
  useEffect(() => {
    const around = /** @type {HTMLElement} */ (element.current?.parentElement);
    const look = (/** @type {DragEvent} */ event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      isOver.value = true;
    };
    const leave = (/** @type {DragEvent} */ event) => {
      if (!around.contains(/** @type {Node | null} */ (event.relatedTarget))) isOver.value = false;
    };
    const drop = (/** @type {DragEvent} */ event) => {
      isOver.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      const { files, hasFolders } = contentOf(/** @type {DataTransfer} */ (event.dataTransfer));
      addFiles(id, files, hasFolders);
      focusField(id);
    };
    const stop = new AbortController();
    around.addEventListener("dragenter", look, stop);
    around.addEventListener("dragover", look, stop);
    around.addEventListener("dragleave", leave, stop);
    around.addEventListener("drop", drop, stop);
    return () => stop.abort();
  }, [id]);
  return html`<div ref=${element} class="drop-zone" hidden=${!isOver.value}><p><${Icon} name="paperclip" size=${28} /> ${say.dropHere}</p></div>`;
}

/** Files that are dropped beside a conversation would replace the page. */
for (const name of /** @type {const} */ (["dragover", "drop"])) {
  addEventListener(name, (event) => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  });
}

/** @param {DragEvent} event */
function hasFiles({ dataTransfer }) {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** @param {DataTransfer} dropped */
function contentOf({ items }) {
  const found = [...items].filter(({ kind }) => kind === "file");
  const isFolder = (/** @type {DataTransferItem} */ item) => item.webkitGetAsEntry()?.isDirectory ?? false;
  const files = found.filter((item) => !isFolder(item)).map((item) => item.getAsFile()).filter((file) => file !== null);
  return { files, hasFolders: found.some(isFolder) };
}

/**
 * Attaches what is pasted if it is files. A spreadsheet or a word processor copies its text as a picture too: then the
 * text is meant.
 * @param {ClipboardEvent} event
 * @param {string} id
 * @returns {boolean} whether it was
 */
export function pasteFiles(event, id) {
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (files.length === 0 || (text !== "" && !isAboutFiles(text, files))) return false;
  event.preventDefault();
  addFiles(id, files);
  return true;
}

/**
 * File managers copy the names of the files as a text.
 * @param {string} text
 * @param {File[]} files
 */
function isAboutFiles(text, files) {
  return text.split(/\r?\n/u).every((line) => files.some(({ name }) => line.endsWith(name)));
}
