/** The list of people and groups, with the search and the menu above it. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { amGuest } from "../guests.js";
import { goTo } from "../router.js";
import { say } from "../strings.js";
import { signOut } from "../session.js";
import { dialog, listStatus, me, nameOf, openKey, people, query, visibleLines } from "../store.js";
import { retryLists } from "../sync.js";
import { Avatar } from "./avatar.js";
import { Banner } from "./banner.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { ConversationLine } from "./line.js";
import { parts } from "./opendialog.js";
import { Empty, Failed, Skeleton } from "./states.js";
import { VirtualList } from "./virtuallist.js";

/** @typedef {import("../models/list.js").Line} Line */

const ROW_PIXELS = 72;

export function Sidebar() {
  return html`<nav class="sidebar" aria-label=${say.people}>
    <h1 class="unseen">${say.appName}</h1>
    <${Head} />
    ${!openKey.value && html`<${Banner} />`}
    <${Search} />
    ${parts.value && html`<${parts.value.ThreadsEntry} />`}
    <${List} />
  </nav>`;
}

function Head() {
  const name = nameOf(me.value);
  return html`<header class="sidebar-head">
    <button type="button" class="sidebar-account" title=${say.account} onClick=${() => (dialog.value = "account")}>
      <${Avatar} id=${me.value} name=${name} /><span class="sidebar-me"><span class="unseen">${say.account}: </span><b><bdi>${name}</bdi></b><${WhoIsOnline} /></span>
    </button>
    ${!amGuest() && html`<${Action} icon="plus" label=${say.newGroup} onClick=${() => (dialog.value = "newGroup")} />`}
    <${Action} icon="sliders" label=${say.settings} onClick=${() => (dialog.value = "settings")} />
    <${Action} icon="leave" label=${say.signOut} onClick=${signOut} />
  </header>`;
}

function WhoIsOnline() {
  if (listStatus.value !== "ready") return html`<small>${listStatus.value === "loading" && say.loading}</small>`;
  const count = [...people.value.values()].filter((user) => user.isOnline).length;
  return html`<small>${say.peopleOnline({ count })}</small>`;
}

/** @param {{ icon: import("./icons.js").IconName, label: string, onClick: () => void }} props */
function Action({ icon, label, onClick }) {
  return html`<button type="button" class="icon-button" aria-label=${label} title=${label} onClick=${onClick}><${Icon} name=${icon} /></button>`;
}

function Search() {
  useEffect(() => effect(openFirstIfWanted), []);
  const clear = () => {
    query.value = "";
    document.getElementById("search")?.focus();
  };
  const change = (/** @type {any} */ event) => {
    isFirstWanted.value = false;
    query.value = event.target.value;
  };
  return html`<div class="sidebar-search" role="search">
    <label class="search">
      <${Icon} name="search" size=${18} />
      <input id="search" type="search" dir="auto" autocomplete="off" aria-label=${say.search} placeholder=${say.search} value=${query}
        onInput=${change} onKeyDown=${onSearchKey} onBlur=${() => (isFirstWanted.value = false)} />
      ${query.value && html`<button type="button" class="icon-button icon-button-small" aria-label=${say.searchClear} onClick=${clear}><${Icon} name="close" size=${16} /></button>`}
    </label>
    ${!amGuest() && html`<${Action} icon="globe" label=${say.findGroups} onClick=${findGroups} />`}
    <${Action} icon="find" label=${say.paletteOpen} onClick=${() => (dialog.value = "palette")} />
  </div>`;
}

const findGroups = () => (dialog.value = "findGroups");

/** Enter opens the first match, Escape clears the search, and ArrowDown moves into the list. */
function onSearchKey(/** @type {KeyboardEvent} */ event) {
  if (event.key === "Escape" && query.value) {
    event.preventDefault();
    query.value = "";
  }
  if (event.key !== "Enter" && event.key !== "ArrowDown") return;
  event.preventDefault();
  if (event.key === "Enter") isFirstWanted.value = true;
  else /** @type {HTMLElement | null} */ (document.querySelector("#conversations li[data-index='0'] a"))?.focus();
}

/** An Enter that is pressed before the list has loaded takes effect afterwards. */
const isFirstWanted = signal(false);

function openFirstIfWanted() {
  if (!isFirstWanted.value || listStatus.value !== "ready") return;
  isFirstWanted.value = false;
  const [first] = visibleLines.peek();
  if (first) goTo(first.conversation.key);
}

function List() {
  if (listStatus.value === "failed") return html`<${Failed} sentence=${say.listFailed} onRetry=${retryLists} />`;
  if (listStatus.value === "loading") return html`<${Skeleton} label=${say.loadingPeople} rows=${8} />`;
  const lines = visibleLines.value;
  return html`
    ${lines.length === 0 && query.value && html`<${Empty} title=${say.listNoMatch({ text: query.value })} hint=${say.listNoMatchHint}>
      ${!amGuest() && html`<button type="button" class="button" onClick=${findGroups}>${say.findGroups}</button>`}
    <//>`}
    <${VirtualList} id="conversations" label=${say.people} rows=${lines} keyOf=${keyOf} rowPixels=${ROW_PIXELS} currentKey=${openKey.value} draw=${drawLine} />
    ${lines.length <= 1 && !query.value && html`<${Empty} title=${say.listEmpty} hint=${amGuest() ? say.listEmptyGuest : say.listEmptyHint} />`}`;
}

const keyOf = (/** @type {Line} */ line) => line.conversation.key;
const drawLine = (/** @type {Line} */ line) => html`<${ConversationLine} line=${line} />`;
