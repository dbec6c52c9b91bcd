/** Loads the list of people to mention when an `@` is in the message field. */

import { signal } from "@preact/signals";
import { loadLaterSentences } from "../language.js";
import { html } from "./html.js";

/** @type {import("@preact/signals").Signal<typeof import("./dialogs/mentionlist.js") | null>} */
const loaded = signal(null);
let isLoading = false;

/** @param {{ id: string, field: { current: HTMLTextAreaElement | null }, text: string }} props */
export function MentionCompletion({ id, field, text }) {
  if (!text.includes("@") || !field.current) return null;
  if (loaded.value) return html`<${loaded.value.MentionList} key=${id} id=${id} field=${field.current} text=${text} />`;
  if (!isLoading) load();
  return null;
}

async function load() {
  isLoading = true;
  try {
    const [list] = await Promise.all([import("./dialogs/mentionlist.js"), loadLaterSentences()]);
    loaded.value = list;
  } catch {
    // The next `@` tries again; a name can be typed without the list.
    isLoading = false;
  }
}
