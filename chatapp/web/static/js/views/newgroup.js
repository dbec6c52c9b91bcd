/** The dialog that makes a group: a name, and people found by typing. */

import { useComputed, useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { ApiError, createGroup } from "../api.js";
import { takeGroup } from "../changes.js";
import { keyOf } from "../models/keys.js";
import { folded, fullName, matches } from "../models/names.js";
import { newClientId } from "../models/outbox.js";
import { groupNameProblem } from "../models/text.js";
import { goTo } from "../router.js";
import { say } from "../strings.js";
import { listStatus, me, people } from "../store.js";
import { retryLists } from "../sync.js";
import { Avatar } from "./avatar.js";
import { closeDialog, Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Empty, Failed, Skeleton } from "./states.js";

/** @typedef {import("../protocol.js").User} User */

const FOUND_MAX = 40;

export function NewGroupDialog() {
  // The same for every attempt: one that seemed to fail may have made the group.
  const [clientId] = useState(newClientId);
  const name = useSignal("");
  const picked = useSignal(/** @type {User[]} */ ([]));
  const error = useSignal("");
  const isNameWrong = useSignal(false);
  const isBusy = useSignal(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (isBusy.peek()) return;
    error.value = sentenceForName(name.value);
    isNameWrong.value = error.value !== "";
    if (isNameWrong.value) return void document.getElementById("group-name")?.focus();
    isBusy.value = true;
    error.value = await make(name.value.trim(), picked.value, clientId);
    isBusy.value = false;
  };
  return html`<${Dialog} title=${say.groupTitle}>
    <form class="form" onSubmit=${submit} noValidate>
      <label class="field">
        <span>${say.groupName}</span>
        <input id="group-name" value=${name} placeholder=${say.groupNamePlaceholder} autocomplete="off" autofocus aria-invalid=${isNameWrong.value} aria-describedby="group-problem"
          onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} />
      </label>
      <p id="group-problem" class="problem" role="alert">${error.value && html`<${Icon} name="warning" size=${18} /><span>${error.value}</span>`}</p>
      <${Picked} picked=${picked} />
      <${Finder} picked=${picked} />
      <footer class="dialog-foot">
        <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
        <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.groupCreating : say.groupCreate}</button>
      </footer>
    </form>
  <//>`;
}

/** @param {string} name */
function sentenceForName(name) {
  const problem = groupNameProblem(name);
  if (problem === "empty") return say.groupNameEmpty;
  return problem === "long" ? say.groupNameLong : "";
}

/**
 * @param {string} name
 * @param {User[]} users
 * @param {string} clientId
 * @returns {Promise<string>} what went wrong; empty if nothing did
 */
async function make(name, users, clientId) {
  try {
    const group = await createGroup(name, users, clientId);
    takeGroup(group);
    closeDialog();
    goTo(keyOf(group.groupId, true));
    return "";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.isOffline ? say.groupOffline : error.message || say.groupFailed;
  }
}

/** @typedef {import("@preact/signals").Signal<User[]>} Users */

/** @param {{ picked: Users }} props */
function Picked({ picked }) {
  return html`<div class="picked" aria-live="polite">
    <small>${say.groupPicked(picked.value.length)}</small>
    <ul>${picked.value.map((user) => html`<li key=${user.username}>
      <button type="button" class="chip" aria-label=${say.groupRemove(fullName(user))} onClick=${() => toggle(picked, user)}>
        <bdi>${fullName(user)}</bdi><${Icon} name="close" size=${14} />
      </button>
    </li>`)}</ul>
  </div>`;
}

/** @param {{ picked: Users }} props */
function Finder({ picked }) {
  const text = useSignal("");
  const found = useComputed(() => search(text.value));
  return html`<fieldset class="finder">
    <legend>${say.groupPeople}</legend>
    <label class="search">
      <${Icon} name="search" size=${18} />
      <input type="search" aria-label=${say.groupFind} placeholder=${say.groupFind} value=${text} autocomplete="off"
        onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => pickFirst(event, found.value, picked, text)} />
    </label>
    <div class="found">
      ${found.value.length === 0 && html`<${NobodyFound} text=${text.value.trim()} />`}
      ${found.value.map((user) => html`<${Choice} key=${user.username} user=${user} picked=${picked} />`)}
    </div>
  </fieldset>`;
}

/** @param {{ text: string }} props */
function NobodyFound({ text }) {
  if (listStatus.value === "loading") return html`<${Skeleton} label=${say.loadingPeople} rows=${4} />`;
  if (listStatus.value === "failed") return html`<${Failed} sentence=${say.peopleFailed} onRetry=${retryLists} />`;
  if (text === "") return html`<${Empty} title=${say.listEmpty} hint=${say.groupAloneHint} />`;
  return html`<${Empty} title=${say.listNoMatch(text)} hint=${say.groupNoMatchHint} />`;
}

/** @param {{ user: User, picked: Users }} props */
function Choice({ user, picked }) {
  const isPicked = picked.value.some((other) => other.username === user.username);
  return html`<label class="choice">
    <${Avatar} id=${user.username} name=${fullName(user)} online=${user.isOnline} size="small" />
    <span class="person-text"><b><bdi>${fullName(user)}</bdi></b><small><bdi>@${user.username}</bdi></small></span>
    <input type="checkbox" checked=${isPicked} onChange=${() => toggle(picked, user)} />
  </label>`;
}

/** Enter in the search picks the first one found, rather than making the group. */
function pickFirst(/** @type {KeyboardEvent} */ event, /** @type {User[]} */ found, /** @type {Users} */ picked, /** @type {import("@preact/signals").Signal<string>} */ text) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const user = found.find((candidate) => !picked.value.includes(candidate));
  if (!user || text.value.trim() === "") return;
  toggle(picked, user);
  text.value = "";
}

/** @param {string} text */
function search(text) {
  const others = [...people.value.values()].filter((user) => user.username !== me.value);
  return others.filter((user) => matches(folded(`${fullName(user)} ${user.username}`), text)).slice(0, FOUND_MAX);
}

/**
 * @param {Users} picked
 * @param {User} user
 */
function toggle(picked, user) {
  const rest = picked.value.filter((other) => other.username !== user.username);
  picked.value = rest.length === picked.value.length ? [...rest, user] : rest;
}
