/** The first page about a group: its name, what it is about, its settings, and its members. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { changeGroup } from "../../api.js";
import { withoutControls } from "../../models/bidi.js";
import { isGuest } from "../../guests.js";
import { may, ROLES } from "../../models/permissions.js";
import { fullMoment } from "../../models/time.js";
import { isOnline, me, nameOf } from "../../store.js";
import { say } from "../../strings.js";
import { loadMembers } from "../../sync.js";
import { Refused, useAction } from "./action.js";
import { Avatar } from "../avatar.js";
import { BotBadge } from "../botbadge.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { SettingsFacts } from "./groupsettings.js";
import { sentenceForName } from "./newgroup.js";
import { FilesEntry } from "./files/entry.js";
import { OwnPreferences } from "./ownpreferences.js";
import { Failed, Skeleton } from "../states.js";
import { VirtualList } from "../virtuallist.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {import("../../protocol.js").Member} Member
 * @typedef {import("./groupdetails.js").GoTo} GoTo
 */

const ROW_PIXELS = 58;

/** @param {{ conversation: Conversation, last: import("./groupdetails.js").Page, goTo: GoTo }} props */
export function OverviewPage({ conversation, last, goTo }) {
  const { receiver, name, createdAt, role } = conversation;
  return html`
    <div class="details">
      <${Avatar} id=${receiver} name=${name} group size="large" />
      <${Name} conversation=${conversation} />
      ${createdAt && html`<p class="state-hint">${say.detailsCreated({ moment: fullMoment(createdAt) })}</p>`}
    </div>
    <${About} conversation=${conversation} goTo=${goTo} />
    <${FilesEntry} />
    <${OwnPreferences} conversation=${conversation} />
    <${SettingsFacts} conversation=${conversation} goTo=${goTo} />
    <${People} conversation=${conversation} last=${last} goTo=${goTo} />
    <footer class="details-foot">
      <button type="button" class="button button-quiet" data-page="leave" onClick=${() => goTo("leave")}><${Icon} name="leave" />${say.leave}</button>
      ${may(role, "delete") && html`<button type="button" class="button button-quiet button-bad" data-page="delete" onClick=${() => goTo("delete")}>${say.deleteGroup}</button>`}
    </footer>`;
}

/** @param {{ conversation: Conversation }} props */
function Name({ conversation }) {
  const { receiver, name, role } = conversation;
  const isEditing = useSignal(false);
  const stop = () => {
    isEditing.value = false;
    queueMicrotask(() => document.getElementById("group-rename")?.focus());
  };
  if (!may(role, "changeDetails")) return html`<p class="details-name"><bdi>${titleOf(conversation)}</bdi></p>`;
  if (isEditing.value) return html`<${Rename} groupId=${receiver} name=${name} onDone=${stop} />`;
  return html`<p class="details-name details-name-row"><bdi>${titleOf(conversation)}</bdi>
    <button id="group-rename" type="button" class="icon-button" aria-label=${say.rename} title=${say.rename} onClick=${() => (isEditing.value = true)}><${Icon} name="pencil" /></button>
  </p>`;
}

/** @param {{ groupId: string, name: string, onDone: () => void }} props */
function Rename({ groupId, name, onDone }) {
  const text = useSignal(name);
  const action = useAction();
  useLayoutEffect(() => {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById("group-new-name"));
    field?.focus();
    field?.select();
  }, []);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const problem = sentenceForName(text.value);
    if (problem) action.refuse(problem);
    else if (await action.run(() => changeGroup(groupId, { groupName: text.value.trim() }))) onDone();
  };
  const cancel = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onDone();
  };
  return html`<form class="form details-rename" onSubmit=${submit} onKeyDown=${cancel} noValidate>
    <label class="field">
      <span>${say.groupName}</span>
      <input id="group-new-name" value=${text} autocomplete="off" dir="auto" aria-invalid=${action.refusal.value.code === "here"} aria-describedby="group-rename-problem"
        onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
    </label>
    <${Refused} action=${action} id="group-rename-problem" />
    <span class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${onDone}>${say.cancel}</button>
      <button class="button button-main" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.save}</button>
    </span>
  </form>`;
}

/** @param {{ conversation: Conversation, goTo: GoTo }} props */
function About({ conversation: { topic, description, role }, goTo }) {
  const label = topic || description ? say.aboutEdit : say.aboutAdd;
  const canEdit = may(role, "changeDetails");
  if (!canEdit && !topic && !description) return null;
  return html`<div class="details-about">
    ${topic && html`<p class="details-topic"><bdi>${withoutControls(topic)}</bdi></p>`}
    ${description && html`<p class="description" dir="auto">${description}</p>`}
    ${canEdit && html`<button type="button" class="link" data-page="about" onClick=${() => goTo("about")}>${label}</button>`}
  </div>`;
}

/** @param {{ conversation: Conversation, last: import("./groupdetails.js").Page, goTo: GoTo }} props */
function People({ conversation: { key, members, role }, last, goTo }) {
  const hasFailed = useSignal(false);
  const load = async () => {
    hasFailed.value = false;
    hasFailed.value = !(await loadMembers(key));
  };
  useEffect(() => void load(), [key]);
  if (members.length === 0 && hasFailed.value) return html`<${Failed} sentence=${say.membersFailed} onRetry=${load} />`;
  if (members.length === 0) return html`<${Skeleton} label=${say.loadingMembers} rows=${4} />`;
  const label = say.members({ count: members.length });
  return html`<section class="details-people" aria-labelledby="details-people">
    <header class="details-bar">
      <h3 id="details-people">${label}</h3>
      ${may(role, "add") && html`<button type="button" class="button" data-page="add" onClick=${() => goTo("add")}><${Icon} name="plus" size=${18} />${say.add}</button>`}
    </header>
    <div class="details-members" style=${{ height: `min(32dvh, ${members.length * ROW_PIXELS}px)` }}>
      <${VirtualList} label=${label} rows=${byRank(members)} keyOf=${(/** @type {Member} */ member) => member.username} rowPixels=${ROW_PIXELS} currentKey=${last.username || null}
        draw=${(/** @type {Member} */ member) => html`<${MemberLine} member=${member} goTo=${goTo} />`} />
    </div>
  </section>`;
}

/** By role, then online members first, then by name. @param {Member[]} members */
function byRank(members) {
  const rank = (/** @type {Member} */ { role, username }) => ROLES.indexOf(role) * 2 + Number(!isOnline(username));
  return [...members].sort((a, b) => rank(a) - rank(b) || nameOf(a.username).localeCompare(nameOf(b.username)));
}

/** @param {{ member: Member, goTo: GoTo }} props */
function MemberLine({ member: { username, role }, goTo }) {
  const name = nameOf(username);
  const online = isOnline(username);
  return html`<button type="button" class="person" onClick=${() => goTo("member", username)}>
    <${Avatar} id=${username} name=${name} online=${online} size="small" />
    <span class="person-text"><b><bdi>${username === me.value ? say.selfName({ name }) : name}</bdi></b><small><bdi>@${username}</bdi>${online && html`<span class="unseen">, ${say.online}</span>`}</small></span>
    <${BotBadge} username=${username} />
    ${isGuest(username) && html`<span class="role">${say.guest}</span>`}
    ${role !== "member" && html`<span class=${`role role-${role}`}>${say.roles[role]}</span>`}
    <${Icon} name="next" size=${16} />
  </button>`;
}
