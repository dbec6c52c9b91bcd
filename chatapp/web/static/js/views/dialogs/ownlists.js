/** The ways to the page of notifications, and to my saved and my scheduled messages, in the settings. */

import { dialog } from "../../store.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { say } from "../../strings.js";

export function OwnLists() {
  return html`<ul class="menu-list">
    <li><button type="button" class="menu-item" onClick=${() => (dialog.value = "notifications")}><${Icon} name="bell" />${say.notificationsMore}</button></li>
    <li><button type="button" class="menu-item" onClick=${() => (dialog.value = "saved")}><${Icon} name="bookmark" />${say.savedTitle}</button></li>
    <li><button type="button" class="menu-item" onClick=${() => (dialog.value = "scheduled")}><${Icon} name="clock" />${say.scheduledTitle}</button></li>
  </ul>`;
}
