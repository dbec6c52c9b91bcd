/** The open dialog. Dialogs are loaded after the page, because signing in and reading need none. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadLaterSentences } from "../language.js";
import { say } from "../strings.js";
import { connection, dialog } from "../store.js";
import { loadStyles } from "../styles.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Failed } from "./states.js";

/** @type {import("@preact/signals").Signal<typeof import("./dialogs/index.js") | "failed" | null>} */
const dialogs = signal(null);

/** @type {import("@preact/signals").Signal<typeof import("./dialogs/index.js").PARTS | null>} */
export const parts = signal(null);

async function load() {
  try {
    const [loaded] = await Promise.all([import("./dialogs/index.js"), loadLaterSentences(), loadStyles("dialogs")]);
    dialogs.value = loaded;
    parts.value = loaded.PARTS;
  } catch {
    dialogs.value = "failed";
  }
}

/** Once more after each reconnection if it failed: the network may have gone meanwhile, and threads are listed by a part of the dialogs. */
function loadUntilLoaded() {
  if (!dialogs.peek()) load();
  return effect(() => {
    if (connection.value === "connected" && dialogs.peek() === "failed") load();
  });
}

export function OpenDialog() {
  useEffect(loadUntilLoaded, []);
  const name = dialog.value;
  if (!name || !dialogs.value) return null;
  if (dialogs.value === "failed") return html`<${NotLoaded} />`;
  return html`<${dialogs.value.DIALOGS[name]} />`;
}

/** A group that is open by its address, and that I am not in. @param {{ conversation: import("../models/conversation.js").Conversation }} props */
export function MissingGroup({ conversation }) {
  if (!dialogs.value) return null;
  if (dialogs.value === "failed") return html`<${Failed} sentence=${say.dialogFailed} onRetry=${() => location.reload()} />`;
  return html`<${dialogs.value.MissingGroup} conversation=${conversation} />`;
}

/** @param {{ id: string }} props */
export function Thread({ id }) {
  if (!dialogs.value) return null;
  if (dialogs.value === "failed") return html`<${Failed} sentence=${say.dialogFailed} onRetry=${() => location.reload()} />`;
  return html`<${dialogs.value.ThreadPane} id=${id} />`;
}

/** Some browsers never retry a module that failed to load, so the whole page is reloaded. */
function NotLoaded() {
  return html`<${Dialog} title=${say.dialogMissing}><${Failed} sentence=${say.dialogFailed} onRetry=${() => location.reload()} /><//>`;
}
