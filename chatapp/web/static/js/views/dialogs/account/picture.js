/** My picture: chosen, dropped or pasted, looked at, and saved. The server cuts it to the middle square. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { takeProfile } from "../../../changes.js";
import { PICTURE_BYTES_MAX } from "../../../protocol.js";
import { say } from "../../../strings.js";
import { me, nameOf, people } from "../../../store.js";
import { Avatar } from "../../avatar.js";
import { classes, html } from "../../html.js";
import { Refused, useAction } from "../action.js";
import { removePicture } from "./api.js";
import { uploadPicture } from "./upload.js";

const KINDS = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const MEGABYTE = 1_000_000;
const PREVIEW_PIXELS = 256;

/** @typedef {{ file: Blob, bitmap: ImageBitmap }} Chosen */

export function OwnPicture() {
  const chosen = useSignal(/** @type {Chosen | null} */ (null));
  const action = useAction();
  const choose = async (/** @type {Blob | null | undefined} */ file) => {
    if (!file || action.isBusy.peek()) return;
    const found = await look(file);
    if (typeof found === "string") return action.refuse(found);
    action.refuse("");
    chosen.value = found;
  };
  usePaste(choose);
  const hasPicture = Boolean(people.value.get(me.value)?.picture);
  return html`<section class="own-picture" aria-label=${say.profilePicture}>
    ${chosen.value
      ? html`<${Preview} chosen=${chosen.value} action=${action} onEnd=${() => (chosen.value = null)} />`
      : html`<${Present} hasPicture=${hasPicture} action=${action} onChoose=${choose} />`}
    <${Refused} action=${action} />
  </section>`;
}

/**
 * @param {Blob} file
 * @returns {Promise<Chosen | string>} the picture, or the sentence that says why it is not taken
 */
async function look(file) {
  if (!KINDS.includes(file.type)) return say.pictureKinds;
  if (file.size > PICTURE_BYTES_MAX) return say.pictureTooLarge({ count: PICTURE_BYTES_MAX / MEGABYTE });
  try {
    return { file, bitmap: await createImageBitmap(file) };
  } catch {
    return /** @type {string} */ (say.errors?.picture_unreadable);
  }
}

/** @param {(file: Blob) => void} choose */
function usePaste(choose) {
  useEffect(() => {
    const paste = (/** @type {ClipboardEvent} */ event) => {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
      if (!file) return;
      event.preventDefault();
      choose(file);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);
}

/** @param {{ hasPicture: boolean, action: import("../action.js").Action, onChoose: (file: Blob | undefined) => void }} props */
function Present({ hasPicture, action, onChoose }) {
  const isOver = useSignal(false);
  const drag = (/** @type {boolean} */ isOn) => (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    isOver.value = isOn;
  };
  const drop = (/** @type {DragEvent} */ event) => {
    drag(false)(event);
    onChoose(event.dataTransfer?.files[0]);
  };
  const pick = (/** @type {any} */ event) => {
    onChoose(event.target.files[0]);
    // The same file can be chosen again.
    event.target.value = "";
  };
  const remove = () => action.run(async () => void takeProfile(await removePicture()));
  return html`<div class=${classes("picture-place", isOver.value && "picture-over")} onDragOver=${drag(true)} onDragLeave=${drag(false)} onDrop=${drop}>
    <${Avatar} id=${me.value} name=${nameOf(me.value)} size="large" />
    <span class="picture-choice">
      <span class="picture-buttons">
        <label class="button file-button">${hasPicture ? say.pictureChange : say.pictureChoose}<input type="file" accept=${KINDS.join(",")} aria-describedby="picture-hint" onChange=${pick} /></label>
        ${hasPicture && html`<button type="button" class="button button-bad" disabled=${action.isBusy.value} onClick=${remove}>${say.pictureRemove}</button>`}
      </span>
      <small id="picture-hint">${say.pictureHint({ count: PICTURE_BYTES_MAX / MEGABYTE })}</small>
    </span>
  </div>`;
}

/** @param {{ chosen: Chosen, action: import("../action.js").Action, onEnd: () => void }} props */
function Preview({ chosen, action, onEnd }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const progress = useSignal(0);
  useEffect(() => {
    draw(/** @type {HTMLCanvasElement} */ (canvas.current), chosen.bitmap);
    document.getElementById("picture-save")?.focus();
    return () => chosen.bitmap.close();
  }, [chosen]);
  const end = () => {
    onEnd();
    // The button that had the focus is gone.
    document.getElementById("dialog-title")?.focus();
  };
  const save = async () => {
    progress.value = 0;
    const isSaved = await action.run(async () => void takeProfile(await uploadPicture(chosen.file, (share) => (progress.value = share))));
    if (isSaved) end();
  };
  const isBusy = action.isBusy.value;
  return html`<div class="picture-place">
    <canvas class="picture-preview" ref=${canvas} width=${PREVIEW_PIXELS} height=${PREVIEW_PIXELS} role="img" aria-label=${say.picturePreview}></canvas>
    <span class="picture-choice">
      <span class="picture-buttons">
        <button type="button" id="picture-save" class="button button-main" disabled=${isBusy} onClick=${save}>${isBusy ? say.saving : say.pictureSave}</button>
        <button type="button" class="button" disabled=${isBusy} onClick=${end}>${say.cancel}</button>
      </span>
      ${isBusy ? html`<progress aria-label=${say.pictureProgress} value=${progress.value} max="1"></progress>` : html`<small>${say.pictureSquare}</small>`}
    </span>
  </div>`;
}

/**
 * Draws the square that the server will keep. A page may show no picture that is not the server's, but on a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} bitmap
 */
function draw(canvas, bitmap) {
  const side = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext("2d")?.drawImage(bitmap, left, top, side, side, 0, 0, PREVIEW_PIXELS, PREVIEW_PIXELS);
}
