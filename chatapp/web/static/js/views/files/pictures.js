/** The pictures of a message: one in its own shape, or several in a grid. */

import { boxOf, GRID_PICTURES, gridBoxOf } from "../../models/files.js";
import { numberText, say } from "../../strings.js";
import { html } from "../html.js";
import { altOf, Picture } from "./picture.js";

/**
 * @typedef {import("../../models/files.js").File} File
 * @typedef {(file: File) => void} Open shows a file as large as the window
 */

/** @param {{ files: File[], onOpen?: Open }} props */
export function Pictures({ files, onOpen }) {
  if (files.length === 1) return html`<${Single} file=${files[0]} onOpen=${onOpen} />`;
  const { width, height } = gridBoxOf(files.length);
  const more = files.length - GRID_PICTURES;
  return html`<div class=${`pictures pictures-${Math.min(files.length, GRID_PICTURES)}`} style=${sizeOf({ width, height })}>
    ${files.slice(0, GRID_PICTURES).map((file, at) => html`<${Cell} key=${at} file=${file} onOpen=${onOpen} more=${at === GRID_PICTURES - 1 ? Math.max(0, more) : 0} />`)}
  </div>`;
}

/** @param {{ file: File, onOpen?: Open }} props */
function Single({ file, onOpen }) {
  const box = boxOf(file);
  return html`<div class="picture" style=${sizeOf(box)}><${Opener} file=${file} pixels=${box.width} onOpen=${onOpen} /></div>`;
}

/** Wide enough for a picture that is cut to a square. @param {File} file */
const pixelsInGrid = ({ width = 1, height = 1 }) => 180 * Math.min(3, Math.max(1, width / height));

/** @param {{ file: File, onOpen?: Open, more: number }} props `more`: how many are not drawn */
function Cell({ file, onOpen, more }) {
  return html`<div class="picture"><${Opener} file=${file} pixels=${pixelsInGrid(file)} onOpen=${onOpen} more=${more} /></div>`;
}

/** Opens the gallery, once the message is sent. @param {{ file: File, pixels: number, onOpen?: Open, more?: number }} props */
function Opener({ file, pixels, onOpen, more = 0 }) {
  const picture = html`<${Picture} file=${file} pixels=${pixels} alt=${onOpen ? "" : altOf(file)} />`;
  if (!onOpen) return picture;
  const label = more > 0 ? say.picturesMore({ text: altOf(file), count: more }) : altOf(file);
  return html`<button type="button" class="picture-open" aria-label=${label} aria-haspopup="dialog" onClick=${() => onOpen(file)}>
    ${picture}
    ${more > 0 && html`<span class="picture-more" aria-hidden="true">+${numberText(more)}</span>`}
  </button>`;
}

/**
 * Its place keeps its shape where the window is narrower.
 * @param {import("../../models/files.js").Box} box
 */
export const sizeOf = ({ width, height }) => ({ width: `${width}px`, aspectRatio: `${width} / ${height}` });
