/** Picks people by typing: the picked people, and a search through all others. */

import { useSignal } from "@preact/signals";
import { folded, fullName, matches } from "../../models/names.js";
import { listStatus, me, people } from "../../store.js";
import { say } from "../../strings.js";
import { retryLists } from "../../sync.js";
import { Avatar } from "../avatar.js";
import { BotBadge } from "../botbadge.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { Empty, Failed, Skeleton } from "../states.js";

/** @typedef {import("../../protocol.js").User} User */

const FOUND_MAX = 40;
/** @type {Set<string>} */
const NOBODY = new Set();

/**
 * @param {object} props
 * @param {Users} props.picked
 * @param {Set<string>} [props.without] usernames that are not offered
 * @param {string} props.hint shown when there are no people to pick
 */
export function PeopleChooser({ picked, without = NOBODY, hint }) {
  return html`<${Picked} picked=${picked} /><${Finder} picked=${picked} without=${without} hint=${hint} />`;
}

/** @typedef {import("@preact/signals").Signal<User[]>} Users */

/** @param {{ picked: Users }} props */
function Picked({ picked }) {
  return html`<div class="picked" aria-live="polite">
    <small>${say.groupPicked({ count: picked.value.length })}</small>
    <ul>${picked.value.map((user) => html`<li key=${user.username}>
      <button type="button" class="chip" aria-label=${say.groupRemove({ name: fullName(user) })} onClick=${() => toggle(picked, user)}>
        <bdi>${fullName(user)}</bdi><${Icon} name="close" size=${14} />
      </button>
    </li>`)}</ul>
  </div>`;
}

/**
 * @param {object} props
 * @param {Users} props.picked
 * @param {Set<string>} props.without
 * @param {string} props.hint
 */
function Finder({ picked, without, hint }) {
  const text = useSignal("");
  const found = search(text.value, without);
  return html`<fieldset class="finder">
    <legend>${say.groupPeople}</legend>
    <label class="search">
      <${Icon} name="search" size=${18} />
      <input type="search" dir="auto" aria-label=${say.groupFind} placeholder=${say.groupFind} value=${text} autocomplete="off"
        onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => pickFirst(event, found, picked, text)} />
    </label>
    <div class="found">
      ${found.length === 0 && html`<${NobodyFound} text=${text.value.trim()} hint=${hint} />`}
      ${found.map((user) => html`<${Choice} key=${user.username} user=${user} picked=${picked} />`)}
    </div>
  </fieldset>`;
}

/** @param {{ text: string, hint: string }} props */
function NobodyFound({ text, hint }) {
  if (listStatus.value === "loading") return html`<${Skeleton} label=${say.loadingPeople} rows=${4} />`;
  if (listStatus.value === "failed") return html`<${Failed} sentence=${say.peopleFailed} onRetry=${retryLists} />`;
  if (text === "") return html`<${Empty} title=${say.listEmpty} hint=${hint} />`;
  return html`<${Empty} title=${say.listNoMatch({ text })} hint=${say.groupNoMatchHint} />`;
}

/** @param {{ user: User, picked: Users }} props */
function Choice({ user, picked }) {
  const isPicked = picked.value.some((other) => other.username === user.username);
  return html`<label class="choice">
    <${Avatar} id=${user.username} name=${fullName(user)} online=${user.isOnline} size="small" />
    <span class="person-text"><b><bdi>${fullName(user)}</bdi></b><small><bdi>@${user.username}</bdi></small></span>
    <${BotBadge} username=${user.username} />
    ${user.isGuest && html`<span class="role">${say.guest}</span>`}
    <input type="checkbox" checked=${isPicked} onChange=${() => toggle(picked, user)} />
  </label>`;
}

/** Enter in the search picks the first match and does not submit the form. */
function pickFirst(/** @type {KeyboardEvent} */ event, /** @type {User[]} */ found, /** @type {Users} */ picked, /** @type {import("@preact/signals").Signal<string>} */ text) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const user = found.find((candidate) => !picked.value.includes(candidate));
  if (!user || text.value.trim() === "") return;
  toggle(picked, user);
  text.value = "";
}

/**
 * @param {string} text
 * @param {Set<string>} without
 */
function search(text, without) {
  const others = [...people.value.values()].filter((user) => user.username !== me.value && !without.has(user.username));
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
