/** The page that adds people to a group. */

import { useSignal } from "@preact/signals";
import { addMembers } from "../../api.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { html } from "../html.js";
import { PeopleChooser } from "./peoplechooser.js";

/** @param {{ conversation: import("../../models/conversation.js").Conversation, goTo: import("./groupdetails.js").GoTo }} props */
export function AddPage({ conversation: { receiver, members }, goTo }) {
  const picked = useSignal(/** @type {import("../../protocol.js").User[]} */ ([]));
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (picked.value.length === 0) action.refuse(say.addNobody);
    else if (await action.run(() => addMembers(receiver, picked.value))) goTo("overview");
  };
  return html`<form class="form" onSubmit=${submit}>
    <${PeopleChooser} picked=${picked} without=${new Set(members.map(({ username }) => username))} hint=${say.addEmptyHint} />
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${() => goTo("overview")}>${say.cancel}</button>
      <button class="button button-main" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.addButton({ count: picked.value.length })}</button>
    </footer>
  </form>`;
}
