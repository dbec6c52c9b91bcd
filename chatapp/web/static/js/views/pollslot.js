/** The place of a poll in a message. What draws polls is loaded with the first one; until then its text is shown. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadStyles } from "../styles.js";
import { html } from "./html.js";
import { MessageText } from "./messagetext.js";

/** @type {import("@preact/signals").Signal<typeof import("./poll.js").PollView | null>} */
const view = signal(null);
/** @type {Promise<void> | null} */
let loading = null;

async function load() {
  const [loaded] = await Promise.all([import("./poll.js"), loadStyles("poll")]);
  view.value = loaded.PollView;
}

/** @param {{ message: import("../protocol.js").Message, conversationKey: string, children?: any }} props */
export function PollSlot({ message, conversationKey, children }) {
  // Without it the text has to do.
  useEffect(() => void (loading ??= load().catch(() => {})), []);
  if (!view.value) return html`<${MessageText} content=${message.content}>${children}<//>`;
  return html`<${view.value} message=${message} conversationKey=${conversationKey}>${children}<//>`;
}
