/** The blurred colours of a picture until it is loaded. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { thumbHashToRGBA } from "thumbhash";
import { html } from "../html.js";

/** @param {{ hash: string | undefined }} props a ThumbHash in base64 */
export function Placeholder({ hash }) {
  const element = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useLayoutEffect(() => {
    const picture = hash && element.current ? decoded(hash) : null;
    if (picture) paint(/** @type {HTMLCanvasElement} */ (element.current), picture);
  }, [hash]);
  return html`<canvas ref=${element} class="picture-placeholder" width="1" height="1" aria-hidden="true"></canvas>`;
}

/** @param {string} hash @returns {ImageData | null} */
function decoded(hash) {
  try {
    const { w, h, rgba } = thumbHashToRGBA(Uint8Array.from(atob(hash), (character) => character.charCodeAt(0)));
    return new ImageData(new Uint8ClampedArray(rgba), w, h);
  } catch {
    // A hash that is none leaves the place grey.
    return null;
  }
}

/** @param {HTMLCanvasElement} canvas @param {ImageData} picture */
function paint(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}
