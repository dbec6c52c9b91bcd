/** The list on the sign-in page: all users by name, with their presence. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, fetchPeople } from "../api.js";
import { folded, fullName, matches } from "../models/names.js";
import { say } from "../strings.js";
import { Avatar } from "./avatar.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Empty, Failed, Skeleton } from "./states.js";
import { VirtualList } from "./virtuallist.js";

/** @typedef {import("../protocol.js").User} User */

const ROW_PIXELS = 60;
const REFRESH_MILLISECONDS = 10_000;
const FILTER_FROM = 8;

/** @param {{ onPick: (username: string) => void, busyWith: string }} props `busyWith` is the user who is being signed in; empty for nobody */
export function PeoplePicker({ onPick, busyWith }) {
  const users = useSignal(/** @type {User[] | null} */ (null));
  const hasFailed = useSignal(false);
  const filter = useSignal("");
  const load = async () => {
    try {
      users.value = byName(await fetchPeople());
      hasFailed.value = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      hasFailed.value = users.peek() === null;
    }
  };
  useEffect(() => {
    load();
    const timer = setInterval(load, REFRESH_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  const shown = useComputed(() => (users.value ?? []).filter((user) => matches(folded(`${fullName(user)} ${user.username}`), filter.value)));

  if (hasFailed.value) return html`<${Failed} sentence=${say.peopleFailed} onRetry=${load} />`;
  if (!users.value) return html`<${Skeleton} label=${say.loadingPeople} rows=${5} />`;
  if (users.value.length === 0) return html`<${Empty} title=${say.signInNobody} />`;
  return html`<div class="picker">
    ${users.value.length >= FILTER_FROM && html`<${Filter} filter=${filter} />`}
    ${shown.value.length === 0 && html`<${Empty} title=${say.signInNoMatch({ text: filter.value })} />`}
    <${VirtualList} label=${say.signInPick} rows=${shown.value} keyOf=${(/** @type {User} */ user) => user.username} rowPixels=${ROW_PIXELS}
      draw=${(/** @type {User} */ user) => html`<${Person} user=${user} onPick=${onPick} busyWith=${busyWith} />`} />
  </div>`;
}

/** @param {{ filter: import("@preact/signals").Signal<string> }} props */
function Filter({ filter }) {
  return html`<label class="search">
    <${Icon} name="search" size=${18} />
    <input type="search" dir="auto" aria-label=${say.signInFilter} placeholder=${say.signInFilter} value=${filter}
      onInput=${(/** @type {any} */ event) => (filter.value = event.target.value)} />
  </label>`;
}

/** @param {{ user: User, onPick: (username: string) => void, busyWith: string }} props */
function Person({ user, onPick, busyWith }) {
  const name = fullName(user);
  const isPicked = busyWith === user.username;
  return html`<button type="button" class="person" aria-disabled=${busyWith !== ""} aria-busy=${isPicked} onClick=${() => onPick(user.username)}>
    <${Avatar} id=${user.username} name=${name} online=${user.isOnline} />
    <span class="person-text"><b><span class="unseen">${say.signInAs} </span><bdi>${name}</bdi></b><small><bdi>@${user.username}</bdi></small></span>
    ${isPicked ? html`<small class="person-busy" role="status"><span class="spinner" aria-hidden="true"></span>${say.signInBusy}</small>` : user.isOnline && html`<small class="person-online">${say.online}</small>`}
  </button>`;
}

/** @param {User[]} users */
function byName(users) {
  const collator = new Intl.Collator();
  return [...users].sort((a, b) => collator.compare(fullName(a), fullName(b)));
}
