/** What is in the place of the message field where one may not write. The draft is kept, and can be copied. */

import { useSignal } from "@preact/signals";
import { failureSentence, say } from "../strings.js";
import { block, isBlocked } from "../personal.js";
import { parseKey } from "../models/keys.js";
import { isRemoved } from "../models/names.js";
import { ApiError } from "../api.js";
import { drafts, nameOf } from "../store.js";
import { html } from "./html.js";

/** @param {{ username: string }} props */
function Blocked({ username }) {
  const problem = useSignal("");
  const unblock = async () => {
    try {
      await block(username, false);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = failureSentence(error.code, say.groupChangeFailed);
    }
  };
  return html`
    <p role="status">${say.blockedHere({ name: nameOf(username) })}</p>
    ${problem.value && html`<p role="alert">${problem.value}</p>`}
    <button type="button" class="button" onClick=${unblock}>${say.unblock}</button>`;
}

/** @param {{ id: string }} props */
export function Closed({ id }) {
  const { receiver, group } = parseKey(id);
  const draft = drafts.value.get(id) ?? "";
  return html`<div class="composer composer-closed">
    ${draft && html`<label class="field"><span>${say.leftDraft}</span><textarea readonly rows="3" dir="auto" value=${draft}></textarea></label>`}
    ${!group && isRemoved(receiver) ? html`<p role="status">${say.removedHere}</p>` : group || !isBlocked(receiver) ? html`<p role="status">${say.writingClosed}</p>` : html`<${Blocked} username=${receiver} />`}
  </div>`;
}
