/** The invitations: making one, and the list. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { withoutControls } from "../../../models/bidi.js";
import { fullMoment } from "../../../models/time.js";
import { session } from "../../../store.js";
import { listOf, say } from "../../../strings.js";
import { html } from "../../html.js";
import { Empty } from "../../states.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { Question } from "../groupendings.js";
import { QrCode } from "../qrcode.js";
import { addInvitation, fetchInvitations, pageAddress, revokeInvitation } from "./api.js";
import { GroupChooser } from "./groupchooser.js";
import { SecretLink } from "./secretlink.js";

/**
 * @typedef {import("./api.js").Invitation} Invitation
 * @typedef {import("./api.js").NewInvitation} NewInvitation
 */

const MOST_USES = 100_000;
const MOST_DAYS = 365;

/** @param {{ opened: import("./index.js").OpenedSignal }} props */
export function InvitationsSection({ opened }) {
  const made = useSignal(/** @type {NewInvitation | null} */ (null));
  const version = useSignal(0);
  const mayChange = session.value.role === "administrator";
  const onMade = (/** @type {NewInvitation} */ invitation) => {
    made.value = invitation;
    version.value += 1;
  };
  const onRevoked = (/** @type {number} */ id) => {
    if (made.peek()?.id === id) made.value = null;
    version.value += 1;
    opened.value = null;
  };
  if (opened.value) return html`<${RevokePage} number=${Number(opened.value.id)} onNo=${() => (opened.value = null)} onRevoked=${onRevoked} />`;
  const ask = (/** @type {number} */ number) => void (opened.value = { id: String(number), title: say.adminInviteNumber({ number }) });
  const draw = (/** @type {Invitation[]} */ all) => html`<${List} invitations=${all} onRevoke=${mayChange && ask} />`;
  return html`
    ${mayChange && html`<${NewForm} onMade=${onMade} />`}
    ${made.value && html`<${Made} key=${made.value.id} made=${made.value} />`}
    <${Fetched} key=${version.value} fetch=${fetchInvitations} failed=${say.adminFailed} draw=${draw} />`;
}

/** @param {{ onMade: (made: NewInvitation) => void }} props */
function NewForm({ onMade }) {
  const uses = useSignal("1");
  const days = useSignal("7");
  const role = useSignal(/** @type {"member" | "guest"} */ ("member"));
  const groups = useSignal(/** @type {import("./api.js").AdminGroup[]} */ ([]));
  const action = useAction();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!isBetween(uses.peek(), MOST_USES) || !isBetween(days.peek(), MOST_DAYS)) return action.refuse(say.adminInviteWrong({ uses: MOST_USES, days: MOST_DAYS }));
    const named = role.peek() === "guest" ? groups.peek().map(({ groupId }) => groupId) : [];
    if (role.peek() === "guest" && named.length === 0) return action.refuse(say.adminInviteGroupMissing);
    return action.run(async () => onMade(await addInvitation(Number(uses.peek()), Number(days.peek()), named)));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <div class="administration-pair">
      <${NumberField} name="uses" label=${say.adminInviteUses} text=${uses} most=${MOST_USES} />
      <${NumberField} name="days" label=${say.adminInviteDays} text=${days} most=${MOST_DAYS} />
    </div>
    <label class="field"><span>${say.adminInviteRole}</span>
      <select name="role" value=${role.value} aria-describedby="invite-role-hint" onChange=${(/** @type {any} */ event) => (role.value = event.target.value)}>
        <option value="member">${say.systemRoles.member}</option>
        <option value="guest">${say.systemRoles.guest}</option>
      </select>
      <small id="invite-role-hint">${say.systemRoleHints[role.value]}</small>
    </label>
    ${role.value === "guest" && html`<${GroupChooser} picked=${groups} />`}
    <${Refused} action=${action} />
    <button class="button button-main" disabled=${action.isBusy.value}>${say.adminInviteMake}</button>
  </form>`;
}

/** @param {string} text @param {number} most */
const isBetween = (text, most) => Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= most;

/** @param {{ name: string, label: string, text: import("@preact/signals").Signal<string>, most: number }} props */
function NumberField({ name, label, text, most }) {
  return html`<label class="field"><span>${label}</span>
    <input type="number" name=${name} min="1" max=${most} step="1" value=${text.value} onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
  </label>`;
}

/** @param {{ made: NewInvitation }} props */
function Made({ made: { secret, expiresAt, qrCode } }) {
  return html`<${SecretLink} link=${`${pageAddress()}#/join/${secret}`} note=${say.adminInviteNote({ when: fullMoment(expiresAt) })}>
    <${QrCode} rows=${qrCode} label=${say.adminInvitePicture} />
  <//>`;
}

/** @param {{ invitations: Invitation[], onRevoke: ((id: number) => void) | false }} props */
function List({ invitations, onRevoke }) {
  if (invitations.length === 0) return html`<${Empty} title=${say.adminInviteNone} />`;
  return html`<ul>${invitations.map((one) => html`<${Line} key=${one.id} invitation=${one} onRevoke=${onRevoke} />`)}</ul>`;
}

/** @param {{ invitation: Invitation, onRevoke: ((id: number) => void) | false }} props */
function Line({ invitation: { id, uses, usesAllowed, expiresAt, isValid, role, groups }, onRevoke }) {
  return html`<li class="session">
    <span class="session-about">
      <b>${say.adminInviteNumber({ number: id })}</b>
      <small>${say.adminInviteUsed({ uses, most: usesAllowed })}</small>
      ${role === "guest" && html`<small>${groups.length > 0 ? say.adminInviteGuests({ groups: listOf(groups.map(withoutControls)) }) : say.adminInviteGroupsGone}</small>`}
      <small>${isValid ? say.adminInviteUntil({ when: fullMoment(expiresAt) }) : say.adminInviteOver}</small>
    </span>
    ${isValid && onRevoke && html`<button type="button" class="button button-bad" aria-label=${say.adminInviteRevokeNamed({ number: id })} onClick=${() => onRevoke(id)}>${say.adminInviteRevoke}</button>`}
  </li>`;
}

/** @param {{ number: number, onNo: () => void, onRevoked: (id: number) => void }} props */
function RevokePage({ number, onNo, onRevoked }) {
  const action = useAction();
  const revoke = async () => (await action.run(() => revokeInvitation(number))) && onRevoked(number);
  useLayoutEffect(() => {
    document.getElementById("dialog-title")?.focus();
    return () => document.getElementById("dialog-title")?.focus();
  }, []);
  return html`<${Question} action=${action} title=${say.adminInviteRevokeTitle({ number })} hint=${say.adminInviteRevokeHint} button=${say.adminInviteRevoke} onYes=${revoke} onNo=${onNo} />`;
}
