/** The confirmation pages: remove a member, leave the group, delete the group. */

import { deleteGroup, removeMember } from "../../api.js";
import { goToList } from "../../router.js";
import { me, nameOf } from "../../store.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { closeDialog } from "../dialog.js";
import { html } from "../html.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {import("./groupdetails.js").GoTo} GoTo
 */

/** @param {{ conversation: Conversation, username: string, goTo: GoTo }} props */
export function RemovePage({ conversation: { receiver, name, isPublic }, username, goTo }) {
  const action = useAction();
  const remove = async () => {
    if (await action.run(() => removeMember(receiver, username))) goTo("overview");
  };
  return html`<${Question} action=${action} title=${say.memberRemoveTitle({ name: nameOf(username) })} hint=${`${say.memberRemoveHint({ group: name })} ${isPublic ? say.memberRemovePublic : ""}`}
    button=${say.memberRemoveButton} onYes=${remove} onNo=${() => goTo("member", username)} />`;
}

/** @param {{ conversation: Conversation, goTo: GoTo }} props */
export function LeavePage({ conversation: { receiver, name, members }, goTo }) {
  const action = useAction();
  const leave = async () => {
    if (await action.run(() => removeMember(receiver, me.value))) goAway();
  };
  const isLastOwner = action.refusal.value.code === "last_owner";
  return html`<${Question} action=${action} title=${say.leaveTitle({ group: name })} hint=${members.length === 1 ? say.leaveLastHint : say.leaveHint}
    button=${say.leave} onYes=${leave} onNo=${() => goTo("overview")}>
    ${isLastOwner && html`<button type="button" class="button button-bad" onClick=${() => goTo("delete")}>${say.deleteGroup}</button>
      <button type="button" class="button button-main" onClick=${() => goTo("overview")}>${say.leaveChooseOwner}</button>`}
  <//>`;
}

/** @param {{ conversation: Conversation, goTo: GoTo }} props */
export function DeletePage({ conversation: { receiver, name }, goTo }) {
  const action = useAction();
  const remove = async () => {
    if (await action.run(() => deleteGroup(receiver))) goAway();
  };
  return html`<${Question} action=${action} title=${say.deleteTitle({ group: name })} hint=${say.deleteHint}
    button=${say.deleteGroup} onYes=${remove} onNo=${() => goTo("overview")} />`;
}

function goAway() {
  closeDialog();
  goToList();
}

/**
 * @param {object} props
 * @param {import("./action.js").Action} props.action
 * @param {string} props.title
 * @param {string} props.hint
 * @param {string} props.button
 * @param {() => void} props.onYes
 * @param {() => void} props.onNo
 * @param {any} [props.children] what there is to do instead, once it was refused
 */
export function Question({ action, title, hint, button, onYes, onNo, children }) {
  return html`<p class="question"><bdi>${title}</bdi></p>
    <p>${hint}</p>
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${onNo}>${say.cancel}</button>
      ${children || html`<button type="button" class="button button-main button-bad" disabled=${action.isBusy.value} onClick=${onYes}>${button}</button>`}
    </footer>`;
}
