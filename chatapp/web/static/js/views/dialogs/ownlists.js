/** The ways to my saved and my scheduled messages, in the settings. */

import { dialog } from "../../store.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { dialogSay } from "./laterdialogstrings.js";

export function OwnLists() {
  return html`<ul class="menu-list">
    <li><button type="button" class="menu-item" onClick=${() => (dialog.value = "saved")}><${Icon} name="bookmark" />${dialogSay.savedTitle}</button></li>
    <li><button type="button" class="menu-item" onClick=${() => (dialog.value = "scheduled")}><${Icon} name="clock" />${dialogSay.scheduledTitle}</button></li>
  </ul>`;
}
