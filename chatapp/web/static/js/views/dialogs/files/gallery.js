/** The pictures and videos of a conversation, one as large as the window. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { withoutControls } from "../../../models/bidi.js";
import { inOrder, isForGallery } from "../../../models/filelist.js";
import { direction, say } from "../../../strings.js";
import { dialog } from "../../../store.js";
import { sourcesOf } from "../../files/addresses.js";
import { openedFile } from "../../files/opening.js";
import { Player } from "../../files/video.js";
import { Dialog } from "../../dialog.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { GalleryFoot } from "./galleryfoot.js";
import { filePages } from "./pages.js";
import { Stage, useStage } from "./stage.js";

/**
 * @typedef {import("../../../protocol.js").ListedFile} ListedFile
 * @typedef {NonNullable<typeof openedFile.value>} Opened
 */

/** So that a conversation of many years does not load all of its files. */
const PAGES_MAX = 20;

export function GalleryDialog() {
  const opened = openedFile.value;
  return opened && html`<${Gallery} key=${opened.listed.file.fileId} opened=${opened} />`;
}

/** @param {{ opened: Opened }} props */
function Gallery({ opened: { key, listed, near, isFromList } }) {
  const { pages, load } = useMemo(() => filePages(key, "media"), []);
  const shown = useSignal(listed);
  const stage = useStage(shown.value.file);
  useEffect(() => void loadMany(load), []);
  const items = inOrder([...near, listed], pages.value.files).filter(isForGallery);
  const at = items.findIndex(({ file }) => file.fileId === shown.value.file.fileId);
  const go = (/** @type {number} */ to) => {
    const target = items[Math.min(items.length - 1, Math.max(0, to))];
    if (target) shown.value = target;
  };
  useKeys({ ArrowRight: () => go(at + forward()), ArrowLeft: () => go(at - forward()), Home: () => go(0), End: () => go(items.length - 1), "+": stage.enlarge, "=": stage.enlarge, "-": stage.reduce, 0: stage.reset });
  useEffect(() => preload([items[at - 1], items[at + 1]]), [at, items.length]);
  const { file } = items[at] ?? shown.value;
  return html`<${Dialog} title=${withoutControls(file.name)} look="gallery" onBack=${isFromList ? () => (dialog.value = "files") : null}>
    <div class="gallery-middle">
      ${file.kind === "video" ? html`<div class="gallery-stage" key=${file.fileId}><${Player} file=${file} onFailed=${() => {}} /></div>` : html`<${Stage} key=${file.fileId} file=${file} stage=${stage} onStep=${(/** @type {number} */ by) => go(at + by)} />`}
      <${Step} icon="back" label=${say.galleryPrevious} isThere=${at > 0} onClick=${() => go(at - 1)} />
      <${Step} icon="next" label=${say.galleryNext} isThere=${at < items.length - 1} onClick=${() => go(at + 1)} />
    </div>
    <${GalleryFoot} listed=${items[at] ?? shown.value} stage=${stage} number=${at + 1} count=${items.length} isWhole=${!pages.value.more} />
  <//>`;
}

/** The next picture is where the next word would be. */
const forward = () => (direction() === "rtl" ? -1 : 1);

/** @param {() => Promise<boolean>} load */
async function loadMany(load) {
  for (let page = 0; page < PAGES_MAX; page += 1) if (!(await load())) return;
}

/** @param {(ListedFile | undefined)[]} neighbours */
function preload(neighbours) {
  for (const listed of neighbours) {
    if (listed?.file.kind !== "picture") continue;
    const image = new Image();
    const { src, srcset, sizes } = sourcesOf(listed.file, innerWidth);
    Object.assign(image, srcset ? { sizes, srcset, src } : { src });
  }
}

/** Keys of the whole dialog; those of a video's own controls stay its own. @param {Record<string, () => void>} actions */
function useKeys(actions) {
  // Before the next key: it goes on from what is drawn.
  useLayoutEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      const action = actions[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey || (event.target instanceof Element && event.target.matches("video, [role=slider]"))) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
}

/** @param {{ icon: "back" | "next", label: string, isThere: boolean, onClick: () => void }} props */
function Step({ icon, label, isThere, onClick }) {
  return html`<button type="button" class=${`icon-button gallery-step gallery-${icon}`} aria-label=${label} title=${label} aria-disabled=${!isThere} onClick=${onClick}><${Icon} name=${icon} size=${26} /></button>`;
}
