/** A picture in a place whose size is known before anything of it is loaded. */

import { say } from "../../strings.js";
import { classes, html } from "../html.js";
import { Icon } from "../icons.js";
import { sourcesOf } from "./addresses.js";
import { useLoading } from "./loading.js";
import { Placeholder } from "./placeholder.js";

/** @typedef {import("../../models/files.js").File} File */

/** The files whose pictures the browser has: a row that is drawn again shows one at once. @type {Set<string>} */
const loaded = new Set();

/** @param {File} file @returns {string} what it shows, or its name */
export const altOf = ({ alt, name }) => alt || say.pictureNamed({ name });

/**
 * @param {{ file: File, pixels: number, alt?: string }} props `pixels`: how wide it is drawn, in CSS pixels; `alt` takes
 * the place of the picture's own
 */
export function Picture({ file, pixels, alt = altOf(file) }) {
  const { state, setState, isConnected } = useLoading(loaded.has(file.fileId));
  if (state === "failed") return html`<span class="picture-failed"><${Icon} name="picture" size=${24} /><span>${isConnected ? say.pictureMissing : say.pictureOffline}</span></span>`;
  const show = () => {
    loaded.add(file.fileId);
    setState("there");
  };
  const { src, srcset, sizes } = sourcesOf(file, pixels);
  return html`${state === "loading" && html`<${Placeholder} hash=${file.placeholder} />`}
    <img class=${classes("picture-image", state === "there" && "picture-there")} src=${src} srcset=${srcset} sizes=${sizes} alt=${alt} loading="lazy" decoding="async" draggable=${false}
      onLoad=${show} onError=${() => setState("failed")} />`;
}
