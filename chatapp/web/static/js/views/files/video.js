/** A video, played in its place by the browser's own player. */

import { useEffect, useState } from "preact/hooks";
import { addressOfPreview } from "../../config.js";
import { boxOf, previewFor } from "../../models/files.js";
import { pauseSound } from "../../playback.js";
import { connection } from "../../store.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { addressOf } from "./addresses.js";
import { FileCard } from "./card.js";
import { sizeOf } from "./pictures.js";

/** @typedef {import("../../models/files.js").File} File */

/** What the browser cannot play can be downloaded. @param {{ file: File }} props */
export function Video({ file }) {
  const [state, setState] = useState(/** @type {"there" | "failed" | "offline"} */ ("there"));
  const isConnected = connection.value === "connected";
  useEffect(() => {
    if (isConnected && state === "offline") setState("there");
  }, [isConnected]);
  if (state === "failed" || file.address === "") return html`<${FileCard} file=${file}>${state === "failed" && html`<p class="file-problem">${say.videoFailed}</p>`}<//>`;
  return html`<div class="picture picture-video" style=${sizeOf(boxOf(file))}>
    ${state === "offline" ? html`<span class="picture-failed"><${Icon} name="film" size=${24} /><span>${say.videoOffline}</span></span>` : html`<${Player} file=${file} onFailed=${() => setState(isConnected ? "failed" : "offline")} />`}
  </div>`;
}

/** @param {{ file: File, onFailed: () => void }} props */
export function Player({ file, onFailed }) {
  const poster = previewFor(file, boxOf(file).width);
  return html`<video class="video" controls playsinline preload="metadata" src=${addressOf(file)} poster=${poster >= 0 && file.address === undefined ? addressOfPreview(file.fileId, poster) : undefined}
    aria-label=${file.alt || say.videoNamed({ name: file.name })} onPlay=${playAlone} onError=${onFailed}></video>`;
}

/** One thing plays at a time. @param {Event} event */
function playAlone(event) {
  pauseSound();
  for (const other of document.querySelectorAll("video")) if (other !== event.currentTarget) other.pause();
}
