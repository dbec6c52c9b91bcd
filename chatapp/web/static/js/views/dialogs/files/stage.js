/** Where the gallery shows a picture: it is enlarged and moved by fingers, the wheel, the mouse and keys. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { fitted, held, WHOLE, zoomed } from "../../../models/zoom.js";
import { say } from "../../../strings.js";
import { addressOf, sourcesOf } from "../../files/addresses.js";
import { useLoading } from "../../files/loading.js";
import { altOf } from "../../files/picture.js";
import { Placeholder } from "../../files/placeholder.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { Gestures } from "./gestures.js";

/**
 * @typedef {import("../../../protocol.js").File} File
 * @typedef {import("../../../models/zoom.js").View} View
 * @typedef {ReturnType<typeof useStage>} StageState
 */

const KEY_FACTOR = 1.5;

/** @param {File} file that is shown; every one is first seen as a whole */
export function useStage(file) {
  const view = useSignal(/** @type {View} */ (WHOLE));
  const frame = useSignal({ width: 0, height: 0 });
  const size = useSignal({ width: file.width ?? 0, height: file.height ?? 0 });
  useLayoutEffect(() => {
    view.value = WHOLE;
    size.value = { width: file.width ?? 0, height: file.height ?? 0 };
  }, [file.fileId]);
  const show = (/** @type {View} */ wanted) => (view.value = held(wanted, fitted(size.peek(), frame.peek()), frame.peek()));
  const zoom = (/** @type {number} */ factor, at = { x: 0, y: 0 }) => show(zoomed(view.peek(), factor, at));
  return { view, frame, size, show, zoom, enlarge: () => zoom(KEY_FACTOR), reduce: () => zoom(1 / KEY_FACTOR), reset: () => show(WHOLE) };
}

/** @param {{ file: File, stage: StageState, onStep: (by: number) => void }} props */
export function Stage({ file, stage, onStep }) {
  const gestures = useMemo(() => new Gestures(stage, onStep), []);
  gestures.stage = stage;
  gestures.onStep = onStep;
  useEffect(() => {
    if (!gestures.element) return undefined;
    const observer = new ResizeObserver(([{ contentRect: { width, height } }]) => {
      stage.frame.value = { width, height };
      stage.show(stage.view.peek());
    });
    observer.observe(gestures.element);
    return () => observer.disconnect();
  }, []);
  /** @param {"press" | "move" | "release" | "cancel" | "turn"} name */
  const on = (name) => (/** @type {any} */ event) => gestures[name](event);
  const { scale, x, y } = stage.view.value;
  const box = stage.size.value.width ? fitted(stage.size.value, stage.frame.value) : stage.frame.value;
  const style = { width: `${box.width}px`, height: `${box.height}px`, transform: `translate(${x + gestures.offset.value}px, ${y}px) scale(${scale})` };
  return html`<div class="gallery-stage" ref=${(/** @type {HTMLElement | null} */ element) => (gestures.element = element)} onPointerDown=${on("press")} onPointerMove=${on("move")} onPointerUp=${on("release")} onPointerCancel=${on("cancel")} onWheel=${on("turn")}>
    <div class=${gestures.isHeld.value ? "gallery-picture gallery-held" : "gallery-picture"} style=${style}><${Large} file=${file} stage=${stage} pixels=${box.width * scale} /></div>
  </div>`;
}

/**
 * The file itself where it moves, or is seen larger than its previews. A preview where the browser cannot show the file,
 * as most cannot show HEIC.
 * @param {{ file: File, stage: StageState, pixels: number }} props
 */
function Large({ file, stage, pixels }) {
  const original = useLoading();
  const preview = useLoading();
  const isOriginal = (file.type === "image/gif" || stage.view.value.scale > 1) && original.state !== "failed";
  const { state, setState, isConnected } = isOriginal ? original : preview;
  if (state === "failed") return html`<p class="gallery-failed"><${Icon} name="picture" size=${32} />${isConnected ? say.pictureMissing : say.pictureOffline}</p>`;
  const learn = (/** @type {any} */ { currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
    setState("there");
    if (!stage.size.peek().width) stage.size.value = { width, height };
  };
  const source = isOriginal ? { src: addressOf(file) } : sourcesOf(file, pixels || 1);
  const isAnyThere = [original, preview].some((one) => one.state === "there");
  return html`${!isAnyThere && html`<${Placeholder} hash=${file.placeholder} />`}
    <img class="gallery-image" src=${source.src} srcset=${source.srcset} sizes=${source.sizes} alt=${altOf(file)} draggable=${false} onLoad=${learn} onError=${() => setState("failed")} />`;
}
