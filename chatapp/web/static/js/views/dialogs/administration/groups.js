/** The groups, and the page of one: who owns it, and its deletion. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { withoutControls } from "../../../models/bidi.js";
import { fullMoment } from "../../../models/time.js";
import { listOf, say } from "../../../strings.js";
import { Avatar } from "../../avatar.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { Refused, useAction } from "../action.js";
import { Question } from "../groupendings.js";
import { appointOwner, deleteAnyGroup, fetchGroups } from "./api.js";
import { Pages, Search, usePages } from "./pages.js";

/** @typedef {import("./api.js").AdminGroup} AdminGroup */

/** @param {{ opened: import("./index.js").OpenedSignal }} props */
export function GroupsSection({ opened }) {
  const text = useSignal("");
  const search = text.value.trim();
  const pages = usePages(search, (last) => fetchGroups(search, last));
  const last = useRef("");
  const open = (/** @type {AdminGroup} */ { groupId, groupName }) => {
    last.current = groupId;
    opened.value = { id: groupId, title: withoutControls(groupName) };
  };
  const group = pages.lines.value?.find(({ groupId }) => groupId === opened.value?.id);
  const onOwner = (/** @type {string} */ username) => void (pages.lines.value = (pages.lines.peek() ?? []).map((one) => (one === group ? { ...one, owners: [username] } : one)));
  const onDeleted = () => {
    pages.lines.value = (pages.lines.peek() ?? []).filter((one) => one !== group);
    opened.value = null;
    document.getElementById("dialog-title")?.focus();
  };
  if (group) return html`<${GroupPage} key=${group.groupId} group=${group} onOwner=${onOwner} onDeleted=${onDeleted} />`;
  return html`
    <${Search} label=${say.adminFindGroups} text=${text} />
    <${Pages} pages=${pages} empty=${say.adminNoGroups} draw=${(/** @type {AdminGroup} */ one) => html`<${Line} key=${one.groupId} group=${one} isLast=${one.groupId === last.current} onOpen=${() => open(one)} />`} />`;
}

/** @param {{ group: AdminGroup, isLast: boolean, onOpen: () => void }} props */
function Line({ group: { groupId, groupName, memberCount, owners }, isLast, onOpen }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  // The page of this group was open until now.
  useLayoutEffect(() => void (isLast && button.current?.focus()), []);
  return html`<li><button type="button" ref=${button} class="account-entry" onClick=${onOpen}>
    <${Avatar} id=${groupId} name=${groupName} group />
    <span class="entry-about"><b><bdi>${withoutControls(groupName)}</bdi></b><small>${say.members({ count: memberCount })}</small></span>
    ${owners.length === 0 && html`<span class="mark mark-bad">${say.adminNoOwner}</span>`}
    <${Icon} name="next" size=${18} />
  </button></li>`;
}

/** @param {{ group: AdminGroup, onOwner: (username: string) => void, onDeleted: () => void }} props */
function GroupPage({ group: { groupId, groupName, memberCount, createdAt, owners }, onOwner, onDeleted }) {
  const isAsked = useSignal(false);
  const action = useAction();
  const name = withoutControls(groupName);
  const remove = async () => (await action.run(() => deleteAnyGroup(groupId))) && onDeleted();
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), [isAsked.value, owners.length]);
  if (isAsked.value) return html`<${Question} action=${action} title=${say.deleteTitle({ group: name })} hint=${say.deleteHint} button=${say.deleteGroup} onYes=${remove} onNo=${() => (isAsked.value = false)} />`;
  return html`
    <div class="details">
      <${Avatar} id=${groupId} name=${groupName} group size="large" />
      <p class="details-name"><bdi>${name}</bdi></p>
      <p class="state-hint">${say.members({ count: memberCount })} · <time dateTime=${createdAt}>${fullMoment(createdAt)}</time></p>
      ${owners.length > 0 && html`<p>${say.adminOwners({ names: listOf(owners) })}</p>`}
    </div>
    ${owners.length === 0 && html`<${OwnerForm} groupId=${groupId} onOwner=${onOwner} />`}
    <div class="details-actions"><button type="button" class="button button-bad" onClick=${() => (isAsked.value = true)}>${say.deleteGroup}</button></div>`;
}

/** @param {{ groupId: string, onOwner: (username: string) => void }} props */
function OwnerForm({ groupId, onOwner }) {
  const username = useSignal("");
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const wanted = username.peek().trim();
    if (wanted && (await action.run(() => appointOwner(groupId, wanted)))) onOwner(wanted);
  };
  return html`<form class="form" onSubmit=${submit}>
    <p class="note">${say.adminNoOwnerHint}</p>
    <label class="field"><span>${say.adminAppointName}</span>
      <input name="owner" dir="auto" autocomplete="off" autocapitalize="none" spellcheck=${false} value=${username.value} onInput=${(/** @type {any} */ event) => (username.value = event.target.value)} />
    </label>
    <${Refused} action=${action} />
    <button class="button button-main" aria-disabled=${!username.value.trim() || action.isBusy.value}>${say.adminAppoint}</button>
  </form>`;
}
