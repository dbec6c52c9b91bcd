/** At the message field, when the dialogs are loaded: the button for sending later, and the line that tells of scheduled messages. */

import { openToWrite } from "../../composing.js";
import { keyOf } from "../../models/keys.js";
import { scheduled } from "../../store.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { say } from "../../strings.js";

/** @param {{ id: string }} props */
export function SendLaterButton({ id }) {
  return html`<button type="button" class="icon-button" aria-label=${say.sendLater} title=${say.sendLater} aria-haspopup="dialog" onClick=${() => openToWrite("sendLater", id)}><${Icon} name="clock" size=${22} /></button>`;
}

/** @param {{ id: string }} props */
export function ScheduledLine({ id }) {
  const here = [...scheduled.value.values()].filter(({ gone, receiver, group }) => !gone && keyOf(receiver, group) === id);
  if (here.length === 0) return null;
  const failed = here.filter(({ failure }) => failure).length;
  return html`<p class="scheduled-line"><button type="button" class="link" onClick=${() => openToWrite("scheduledHere", id)}>
    <${Icon} name=${failed ? "warning" : "clock"} size=${16} /> ${say.scheduledCount({ count: here.length })}${failed > 0 && `, ${say.scheduledFailed({ count: failed })}`}
  </button></p>`;
}

/**
 * @param {KeyboardEvent} event Enter in the message field
 * @param {string} id of the conversation or the thread
 * @param {boolean} canSend
 * @returns {boolean} whether it was for sending later
 */
export function isForLater(event, id, canSend) {
  if (!event.shiftKey || !(event.ctrlKey || event.metaKey)) return false;
  event.preventDefault();
  if (canSend) openToWrite("sendLater", id);
  return true;
}
