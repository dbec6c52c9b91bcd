/** The buttons above the message field. One of them is in the tab order; the arrow keys reach the others. */

import { useState } from "preact/hooks";
import { fieldId, openToWrite } from "../composing.js";
import { trayOf } from "../files/trays.js";
import { notify } from "../messageactions.js";
import { say } from "../strings.js";
import { FORMATS, PREVIEW } from "./formats.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @param {{ id: string, isPreviewed: boolean, onFormat: (format: import("./formats.js").Format) => void, onPreview: () => void }} props */
export function Toolbar({ id, isPreviewed, onFormat, onPreview }) {
  const [stop, setStop] = useState(0);
  const buttons = [
    ...FORMATS.map((format) => ({ ...format, label: say.formats[format.name], isPressed: undefined, press: () => onFormat(format) })),
    { label: say.formats.preview, icon: "eye", keys: PREVIEW.keys, isPressed: isPreviewed, press: onPreview },
    { label: say.newPoll, icon: "poll", keys: "", isPressed: undefined, press: () => openNewPoll(id) },
  ];
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    /** @type {Record<string, number>} */
    const targets = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: buttons.length - 1 };
    const target = targets[event.key];
    if (target === undefined || event.altKey) return;
    event.preventDefault();
    const next = (target + buttons.length) % buttons.length;
    setStop(next);
    /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.currentTarget).children[next]).focus();
  };
  return html`<div class="toolbar" role="toolbar" aria-label=${say.formatting} aria-controls=${fieldId(id)} onKeyDown=${onKeyDown}>
    ${buttons.map(({ label, icon, keys, isPressed, press }, at) => html`<button type="button" key=${icon} class="icon-button icon-button-small" tabIndex=${at === stop ? 0 : -1}
      aria-label=${label} title=${keys ? `${label} (${keys})` : label} aria-pressed=${isPressed} onMouseDown=${keepFocus} onFocus=${() => setStop(at)} onClick=${press}><${Icon} name=${icon} size=${18} /></button>`)}
  </div>`;
}

/** A poll has no files. @param {string} id */
function openNewPoll(id) {
  if (trayOf(id).length > 0) notify(say.pollNoFiles);
  else openToWrite("newPoll", id);
}

/** The field keeps the focus, and on a phone the keyboard stays open. @param {Event} event */
function keepFocus(event) {
  event.preventDefault();
}
