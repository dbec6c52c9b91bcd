/** What is in the place of the message field where one may not write. The draft is kept, and can be copied. */

import { say } from "../strings.js";
import { drafts } from "../store.js";
import { html } from "./html.js";

/** @param {{ id: string }} props */
export function Closed({ id }) {
  const draft = drafts.value.get(id) ?? "";
  return html`<div class="composer composer-closed">
    ${draft && html`<label class="field"><span>${say.leftDraft}</span><textarea readonly rows="3" dir="auto" value=${draft}></textarea></label>`}
    <p role="status">${say.writingClosed}</p>
  </div>`;
}
