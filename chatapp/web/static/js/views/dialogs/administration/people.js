/** The accounts, and the page of one. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../../../strings.js";
import { Avatar } from "../../avatar.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { fetchPeople } from "./api.js";
import { Pages, Search, usePages } from "./pages.js";
import { PersonPage } from "./person.js";

/** @typedef {import("./api.js").Account} Account */

/** @param {Account} account */
export const nameOfAccount = ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(" ");

/** @param {{ opened: import("./index.js").OpenedSignal }} props */
export function PeopleSection({ opened }) {
  const text = useSignal("");
  const search = text.value.trim();
  const pages = usePages(search, (last) => fetchPeople(search, last));
  const last = useRef("");
  const open = (/** @type {Account} */ account) => {
    last.current = account.username;
    opened.value = { id: account.username, title: nameOfAccount(account) };
  };
  const account = pages.lines.value?.find(({ username }) => username === opened.value?.id);
  if (account) return html`<${PersonPage} key=${account.username} account=${account} onChange=${() => refresh(pages, account.username)} />`;
  return html`
    <${Search} label=${say.adminFindPeople} text=${text} />
    <${Pages} pages=${pages} empty=${say.adminNobody} draw=${(/** @type {Account} */ one) => html`<${Line} key=${one.username} account=${one} isLast=${one.username === last.current} onOpen=${() => open(one)} />`} />`;
}

/** Reads one account again, in its place. @param {import("./pages.js").Pages} pages @param {string} username */
async function refresh({ lines }, username) {
  const found = (await fetchPeople(username)).find((one) => one.username === username);
  lines.value = (lines.peek() ?? []).flatMap((one) => (one.username === username ? (found ?? []) : one));
}

/** @param {{ account: Account, isLast: boolean, onOpen: () => void }} props */
function Line({ account, isLast, onOpen }) {
  const { username, role, isActive, suspension } = account;
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  // The page of this account was open until now.
  useLayoutEffect(() => void (isLast && button.current?.focus()), []);
  return html`<li><button type="button" ref=${button} class="account-entry" onClick=${onOpen}>
    <${Avatar} id=${username} name=${nameOfAccount(account)} />
    <span class="entry-about"><b><bdi>${nameOfAccount(account)}</bdi></b><small><bdi>@${username}</bdi></small></span>
    ${role !== "member" && html`<span class="mark">${say.systemRoles[role]}</span>`}
    ${!isActive && html`<span class="mark mark-bad">${say.adminClosed}</span>`}
    ${suspension && html`<span class="mark mark-bad">${suspension.until ? say.adminSuspended : say.adminBanned}</span>`}
    <${Icon} name="next" size=${18} />
  </button></li>`;
}
