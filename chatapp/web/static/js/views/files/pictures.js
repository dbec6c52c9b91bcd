/** The pictures of a message: one in its own shape, or several in a grid. */

import { boxOf, GRID_PICTURES, gridBoxOf } from "../../models/files.js";
import { numberText, say } from "../../strings.js";
import { html } from "../html.js";
import { altOf, Picture } from "./picture.js";

/**
 * @typedef {import("../../models/files.js").File} File
 * @typedef {import("./index.js").Drawing} Drawing
 */

/** @param {{ files: File[], drawing: Drawing }} props */
export function Pictures({ files, drawing }) {
  if (files.length === 1) return html`<${Single} file=${files[0]} drawing=${drawing} />`;
  const { width, height } = gridBoxOf(files.length);
  const more = files.length - GRID_PICTURES;
  return html`<div class=${`pictures pictures-${Math.min(files.length, GRID_PICTURES)}`} style=${sizeOf({ width, height })}>
    ${files.slice(0, GRID_PICTURES).map((file, at) => html`<${Cell} key=${at} file=${file} drawing=${drawing} more=${at === GRID_PICTURES - 1 ? Math.max(0, more) : 0} />`)}
  </div>`;
}

/** @param {{ file: File, drawing: Drawing }} props */
function Single({ file, drawing }) {
  const box = boxOf(file);
  return html`<div class="picture" style=${sizeOf(box)}><${Opener} file=${file} pixels=${box.width} drawing=${drawing} /></div>`;
}

/** Wide enough for a picture that is cut to a square. @param {File} file */
const pixelsInGrid = ({ width = 1, height = 1 }) => 180 * Math.min(3, Math.max(1, width / height));

/** @param {{ file: File, drawing: Drawing, more: number }} props `more`: how many are not drawn */
function Cell({ file, drawing, more }) {
  return html`<div class="picture"><${Opener} file=${file} pixels=${pixelsInGrid(file)} drawing=${drawing} more=${more} /></div>`;
}

/** Opens the gallery, once the message is sent. @param {{ file: File, pixels: number, drawing: Drawing, more?: number }} props */
function Opener({ file, pixels, drawing, more = 0 }) {
  const { onOpen, overlay } = drawing;
  const picture = html`<${Picture} file=${file} pixels=${pixels} alt=${onOpen ? "" : altOf(file)} />`;
  if (!onOpen) return html`${picture}${overlay?.(file)}`;
  const label = more > 0 ? say.picturesMore({ text: altOf(file), count: more }) : altOf(file);
  return html`<button type="button" class="picture-open" aria-label=${label} aria-haspopup="dialog" onClick=${() => onOpen(file)}>
    ${picture}
    ${more > 0 && html`<span class="picture-more" aria-hidden="true">+${numberText(more)}</span>`}
  </button>${overlay?.(file)}`;
}

/**
 * Its place keeps its shape where the window is narrower.
 * @param {import("../../models/files.js").Box} box
 */
export const sizeOf = ({ width, height }) => ({ width: `${width}px`, aspectRatio: `${width} / ${height}` });
