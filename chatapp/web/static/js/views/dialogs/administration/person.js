/** The page of one account: its role, and what can be done to it. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { fullMoment } from "../../../models/time.js";
import { me, session } from "../../../store.js";
import { say } from "../../../strings.js";
import { Avatar } from "../../avatar.js";
import { html } from "../../html.js";
import { Refused, useAction } from "../action.js";
import { Question } from "../groupendings.js";
import { RemovalForm } from "../removal.js";
import { addReset, changePerson, endSessionsOf, pageAddress, removePerson } from "./api.js";
import { nameOfAccount } from "./people.js";
import { SecretLink } from "./secretlink.js";
import { SuspendForm, Suspended } from "./suspension.js";

/**
 * @typedef {import("./api.js").Account} Account
 * @typedef {{ account: Account, onChange: () => Promise<void> }} PersonProps
 */

const ROLES = /** @type {const} */ (["guest", "member", "moderator", "administrator"]);

/** @param {PersonProps} props */
export function PersonPage({ account, onChange }) {
  const asked = useSignal(/** @type {"deactivate" | "signOut" | "suspend" | "remove" | null} */ (null));
  const action = useAction();
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), [asked.value, account.isActive, account.suspension]);
  const { username, isActive, suspension } = account;
  const act = async (/** @type {() => Promise<void>} */ request) => {
    if (!(await action.run(async () => (await request(), onChange())))) return;
    asked.value = null;
  };
  const name = nameOfAccount(account);
  const no = () => void (asked.value = null);
  if (asked.value === "deactivate") return html`<${Question} action=${action} title=${say.adminDeactivateTitle({ name })} hint=${say.adminDeactivateHint} button=${say.adminDeactivate} onYes=${() => act(() => changePerson(username, { isActive: false }))} onNo=${no} />`;
  if (asked.value === "signOut") return html`<${Question} action=${action} title=${say.adminSignOutTitle({ name })} hint=${say.adminSignOutHint} button=${say.adminSignOut} onYes=${() => act(() => endSessionsOf(username))} onNo=${no} />`;
  if (asked.value === "suspend") return html`<${SuspendForm} username=${username} name=${name} onDone=${() => void onChange().then(no)} onCancel=${no} />`;
  if (asked.value === "remove") {
    const remove = async (/** @type {import("../removal.js").Wanted} */ wanted) => (await removePerson(username, wanted), onChange());
    return html`<p class="question"><bdi>${say.adminRemoveTitle({ name })}</bdi></p><p>${say.adminRemoveHint}</p>
      <${RemovalForm} username=${username} button=${say.adminRemove} remove=${remove} onCancel=${no} />`;
  }
  return html`
    <${About} account=${account} />
    ${mayActOn(account)
      ? html`
        ${isAdministrator() && account.role !== "bot" && html`<${RoleForm} account=${account} onChange=${onChange} />`}
        ${isAdministrator() && html`<${UsernameForm} account=${account} onChange=${onChange} />`}
        ${suspension && html`<${Suspended} username=${username} suspension=${suspension} onDone=${onChange} />`}
        <${Refused} action=${action} />
        <div class="details-actions">
          ${isActive && !suspension && html`<button type="button" class="button button-bad" onClick=${() => (asked.value = "suspend")}>${say.adminSuspend}</button>`}
          ${account.sessions > 0 && html`<button type="button" class="button" onClick=${() => (asked.value = "signOut")}>${say.adminSignOut}</button>`}
          ${isActive
            ? html`<button type="button" class="button button-bad" onClick=${() => (asked.value = "deactivate")}>${say.adminDeactivate}</button>`
            : html`<button type="button" class="button" disabled=${action.isBusy.value} onClick=${() => act(() => changePerson(username, { isActive: true }))}>${say.adminReactivate}</button>`}
          ${isAdministrator() && html`<button type="button" class="button button-bad" onClick=${() => (asked.value = "remove")}>${say.adminRemove}</button>`}
        </div>
        ${isAdministrator() && isActive && account.role !== "bot" && html`<${NewPassword} account=${account} />`}`
      : html`<p class="note">${username === me.value ? say.adminSelf : say.adminStaff}</p>`}`;
}

const isAdministrator = () => session.value.role === "administrator";

/** @type {Account["role"][]} */
const STAFF = ["administrator", "moderator"];

/** @param {Account} account */
const mayActOn = ({ username, role }) => username !== me.value && (isAdministrator() || !STAFF.includes(role));

/** @param {{ account: Account }} props */
function About({ account }) {
  const { username, role, isActive, sessions, createdAt } = account;
  const name = nameOfAccount(account);
  return html`<div class="details">
    <${Avatar} id=${username} name=${name} size="large" />
    <p class="details-name"><bdi>${name}</bdi></p>
    <p class="state-hint"><bdi>@${username}</bdi></p>
    <p class="marks"><span class="mark">${say.systemRoles[role]}</span>${!isActive && html`<span class="mark mark-bad">${say.adminClosed}</span>`}</p>
    <p class="state-hint">${say.adminMadeAt({ when: fullMoment(createdAt) })}<br />${say.adminSessions({ count: sessions })}</p>
  </div>`;
}

/** A button saves the role, because the arrow keys pass through all roles. @param {PersonProps} props */
function RoleForm({ account: { username, role }, onChange }) {
  const picked = useSignal(role);
  const action = useAction();
  const canSave = picked.value !== role && !action.isBusy.value;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (canSave) await action.run(async () => (await changePerson(username, { role: picked.peek() }), onChange()));
  };
  return html`<form class="form" onSubmit=${submit}>
    <label class="field"><span>${say.role}</span>
      <select name="role" value=${picked.value} aria-describedby="role-hint" onChange=${(/** @type {any} */ event) => (picked.value = event.target.value)}>
        ${ROLES.map((one) => html`<option key=${one} value=${one} selected=${one === picked.value}>${say.systemRoles[one]}</option>`)}
      </select>
      <small id="role-hint">${say.systemRoleHints[/** @type {"member"} */ (picked.value)]} ${say.adminRoleHint}</small>
    </label>
    <${Refused} action=${action} />
    <button class="button button-main" aria-disabled=${!canSave}>${action.isBusy.value ? say.saving : say.roleSave}</button>
  </form>`;
}

/** @param {PersonProps} props */
function UsernameForm({ account: { username }, onChange }) {
  const wanted = useSignal(username);
  const action = useAction();
  const canSave = wanted.value !== "" && wanted.value !== username && !action.isBusy.value;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (canSave) await action.run(async () => (await changePerson(username, { username: wanted.peek() }), onChange()));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <label class="field"><span>${say.usernameNew}</span>
      <input name="username" autocomplete="off" autocapitalize="none" spellcheck=${false} maxlength="64" value=${wanted.value} aria-describedby="username-hint" onInput=${(/** @type {any} */ event) => (wanted.value = event.target.value)} />
      <small id="username-hint">${say.joinUsernameHint}<br />${say.adminUsernameHint}</small>
    </label>
    <${Refused} action=${action} />
    <button class="button" aria-disabled=${!canSave}>${action.isBusy.value ? say.saving : say.usernameSave}</button>
  </form>`;
}

/** @param {{ account: Account }} props */
function NewPassword({ account }) {
  const made = useSignal(/** @type {{ secret: string, expiresAt: string } | null} */ (null));
  const action = useAction();
  const make = () => action.run(async () => void (made.value = await addReset(account.username)));
  if (made.value) {
    const note = say.adminResetNote({ name: nameOfAccount(account), when: fullMoment(made.value.expiresAt) });
    return html`<${SecretLink} link=${`${pageAddress()}#/reset/${made.value.secret}`} note=${note} />`;
  }
  return html`<div class="details-actions"><${Refused} action=${action} />
    <button type="button" class="button" disabled=${action.isBusy.value} onClick=${make}>${say.adminReset}</button></div>`;
}
