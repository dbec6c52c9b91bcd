/** The page about one member of a group. */

import { useSignal } from "@preact/signals";
import { setRole } from "../../api.js";
import { isGuest } from "../../guests.js";
import { may, mayRemove, ROLES } from "../../models/permissions.js";
import { addressOf } from "../../router.js";
import { isOnline, me, nameOf, privateKey } from "../../store.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { Avatar } from "../avatar.js";
import { closeDialog } from "../dialog.js";
import { BotBadge, isBot } from "../botbadge.js";
import { html } from "../html.js";
import { LocalTime, statusOf } from "../profile.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {import("../../protocol.js").Role} Role
 */

/** @param {{ conversation: Conversation, username: string, goTo: import("./groupdetails.js").GoTo }} props */
export function MemberPage({ conversation, username, goTo }) {
  const name = nameOf(username);
  const isMe = username === me.value;
  const role = conversation.members.find((member) => member.username === username)?.role ?? "member";
  // Guests and bots are plain members in every group.
  const mayChange = may(conversation.role, "changeRoles") && !isGuest(username) && !isBot(username);
  return html`
    <div class="details">
      <${Avatar} id=${username} name=${name} online=${isOnline(username)} size="large" />
      <p class="details-name"><bdi>${isMe ? say.selfName({ name }) : name}</bdi><${BotBadge} username=${username} /></p>
      <p class="state-hint"><bdi>@${username}</bdi>, ${isOnline(username) ? say.online : say.offline}<${LocalTime} username=${username} /></p>
      ${statusOf(username) && html`<p class="details-status"><bdi>${statusOf(username)}</bdi></p>`}
      ${isGuest(username) ? html`<p><span class="role">${say.guest}</span></p>` : !mayChange && html`<p>${say.roleIn({ role: say.roles[role] })}</p>`}
    </div>
    ${mayChange && html`<${RoleForm} groupId=${conversation.receiver} username=${username} role=${role} />`}
    <div class="details-actions">
      <a class="button" href=${addressOf(privateKey(username))} onClick=${closeDialog}>${say.memberWrite}</a>
      ${isMe && html`<button type="button" class="button button-bad" onClick=${() => goTo("leave")}>${say.leave}</button>`}
      ${!isMe && mayRemove(conversation.role, role) && html`<button type="button" class="button button-bad" onClick=${() => goTo("remove", username)}>${say.memberRemove}</button>`}
    </div>`;
}

/** A button saves the role, because the arrow keys pass through all roles. @param {{ groupId: string, username: string, role: Role }} props */
function RoleForm({ groupId, username, role }) {
  const picked = useSignal(/** @type {Role | null} */ (null));
  const action = useAction();
  const chosen = picked.value ?? role;
  const canSave = chosen !== role && !action.isBusy.value;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (canSave && (await action.run(() => setRole(groupId, username, chosen)))) picked.value = null;
  };
  return html`<form class="form" onSubmit=${submit}>
    <fieldset class="choices">
      <legend>${say.role}</legend>
      <div class="segments">${ROLES.map(
        (one) => html`<label key=${one}>
          <input type="radio" name="role" value=${one} checked=${chosen === one} onChange=${() => (picked.value = one)} /><span>${say.roles[one]}</span>
        </label>`,
      )}</div>
      <p class="state-hint">${say.roleHints[chosen]}</p>
    </fieldset>
    <${Refused} action=${action} />
    <button class="button button-main" aria-disabled=${!canSave}>${action.isBusy.value ? say.saving : say.roleSave}</button>
  </form>`;
}
