/** The Markdown renderer, and what draws files. They are loaded when somebody is signed in, because signing in needs neither. */

import { effect, signal } from "@preact/signals";
import { withoutControls } from "./models/bidi.js";
import { session } from "./store.js";
import { loadStyles } from "./styles.js";

/** @typedef {typeof import("./markdown/index.js")} Renderer */

/**
 * Null while it is being loaded. Where it could not be loaded, messages are shown as they were typed.
 * @type {import("@preact/signals").Signal<Renderer | "failed" | null>}
 */
export const renderer = signal(null);

/** Null as the renderer is. @type {import("@preact/signals").Signal<typeof import("./views/files/index.js") | null>} */
export const fileViews = signal(null);

export function followSignIn() {
  return effect(() => {
    if (session.value.status === "signedIn" && renderer.peek() === null) load();
  });
}

async function load() {
  try {
    const [loaded, views] = await Promise.all([import("./markdown/index.js"), import("./views/files/index.js"), loadStyles("signedin")]);
    fileViews.value = views;
    renderer.value = loaded;
  } catch {
    renderer.value = "failed";
  }
}

const PREVIEW_CHARACTERS = 160;
const SPOILER = /\|\|[\s\S]+?\|\|/gu;

/**
 * A message as one line without Markdown, for lists and notifications.
 * @param {string} content
 */
export function previewOf(content) {
  const loaded = renderer.value;
  const text = loaded && loaded !== "failed" ? loaded.plainTextOf(content) : content.replace(SPOILER, "…");
  const line = withoutControls(text.slice(0, PREVIEW_CHARACTERS * 2)).replace(/\s+/gu, " ").trim();
  return line.slice(0, PREVIEW_CHARACTERS);
}
