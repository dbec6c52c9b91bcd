/** The page of keyboard shortcuts. */

import { say } from "../../strings.js";
import { SHORTCUTS } from "../../shortcuts.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";

export function ShortcutsDialog() {
  return html`<${Dialog} title=${say.shortcutsTitle}>
    <dl class="shortcuts">${SHORTCUTS.map(
      ({ keys, text }) => html`<div key=${text}><dt>${text}</dt><dd>${keys.map((key) => html`<span class="keys" key=${key}>${key.split(" ").map((part) => html`<kbd>${part}</kbd>`)}</span>`)}</dd></div>`,
    )}</dl>
  <//>`;
}
