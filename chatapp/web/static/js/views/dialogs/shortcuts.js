/** The page of keyboard shortcuts. */

import { amGuest } from "../../guests.js";
import { say } from "../../strings.js";
import { Dialog } from "../dialog.js";
import { FORMATS, PREVIEW } from "../formats.js";
import { html } from "../html.js";

export function ShortcutsDialog() {
  return html`<${Dialog} title=${say.shortcutsTitle}>
    <dl class="shortcuts">${shortcuts().map(
      ({ keys, text }) => html`<div key=${text}><dt>${text}</dt><dd>${keys.map((key) => html`<span class="keys" dir="ltr" key=${key}>${key.split(" ").map((part) => html`<kbd>${part}</kbd>`)}</span>`)}</dd></div>`,
    )}</dl>
  <//>`;
}

/** They work by shortcuts.js, composer.js, messagekeys.js and formats.js. */
function shortcuts() {
  const { shortcuts: texts, formats } = say;
  return [
    { keys: ["Ctrl K"], text: texts.palette },
    { keys: ["/"], text: texts.search },
    { keys: ["Alt ↓"], text: texts.next },
    { keys: ["Alt ↑"], text: texts.previous },
    { keys: ["C"], text: texts.compose },
    { keys: ["L"], text: texts.list },
    ...(amGuest() ? [] : [{ keys: ["N"], text: texts.newGroup }, { keys: ["G"], text: texts.findGroups }]),
    { keys: ["Enter"], text: texts.send },
    { keys: ["Shift Enter"], text: texts.newline },
    { keys: ["↑"], text: texts.editLast },
    { keys: ["M"], text: texts.messages },
    { keys: ["+", "R", "T", "F", "S", "E", "Del", "Enter"], text: texts.messageKeys },
    ...FORMATS.map(({ keys, name }) => ({ keys: [keys], text: say.shortcutFormat({ name: formats[name] }) })),
    { keys: [PREVIEW.keys], text: say.shortcutFormat({ name: formats.preview }) },
    { keys: ["B"], text: say.savedTitle },
    { keys: ["Ctrl Shift Enter"], text: say.sendLater },
    { keys: ["Ctrl Shift V"], text: texts.pastePlain },
    { keys: ["Esc"], text: texts.close },
    { keys: ["?"], text: texts.help },
  ];
}
