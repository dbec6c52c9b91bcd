/** Removing my own account. The server ends my sessions, which leads to the sign-in page. */

import { say } from "../../../strings.js";
import { me } from "../../../store.js";
import { html } from "../../html.js";
import { RemovalForm } from "../removal.js";
import { leaveForGood } from "./api.js";

export function LeaveSection() {
  return html`<p class="note">${say.leaveAccountNote}</p>
    <${RemovalForm} username=${me.value} button=${say.leaveAccountButton} remove=${leaveForGood} />`;
}
