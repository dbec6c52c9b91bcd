/** The dialog about a group: a page with its name and members, and a page for each action. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { mayRemove, may } from "../../models/permissions.js";
import { me } from "../../store.js";
import { say } from "../../strings.js";
import { Dialog } from "../dialog.js";
import { AboutPage } from "./groupabout.js";
import { AddPage } from "./groupadd.js";
import { DeletePage, LeavePage, RemovePage } from "./groupendings.js";
import { MemberPage } from "./groupmember.js";
import { OverviewPage } from "./groupoverview.js";
import { SettingsPage } from "./groupsettings.js";
import { html } from "../html.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {{ name: "overview" | "about" | "settings" | "member" | "remove" | "add" | "leave" | "delete", username: string }} Page `username` is whom it is about; empty for nobody
 * @typedef {(name: Page["name"], username?: string) => void} GoTo
 */

const TITLES = { overview: () => say.detailsGroup, about: () => say.about, settings: () => say.groupSettings, member: () => say.memberTitle, remove: () => say.memberRemove, add: () => say.add, leave: () => say.leave, delete: () => say.deleteGroup };
const PAGES = { overview: OverviewPage, about: AboutPage, settings: SettingsPage, member: MemberPage, remove: RemovePage, add: AddPage, leave: LeavePage, delete: DeletePage };

/** @param {{ conversation: Conversation }} props */
export function GroupDetails({ conversation }) {
  const wanted = useSignal(/** @type {Page} */ ({ name: "overview", username: "" }));
  const page = isOpenTo(conversation, wanted.value) ? wanted.value : /** @type {Page} */ ({ name: "overview", username: "" });
  const last = useFocus(page);
  /** @type {GoTo} */
  const goTo = (name, username = "") => (wanted.value = { name, username });
  const onBack = page.name === "overview" ? null : () => (page.name === "remove" ? goTo("member", page.username) : goTo("overview"));
  return html`<${Dialog} title=${TITLES[page.name]()} onBack=${onBack}>
    <${PAGES[page.name]} key=${page.name} conversation=${conversation} username=${page.username} last=${last} goTo=${goTo} />
  <//>`;
}

/**
 * While a page is open, its member may leave the group, or my role may change.
 * @param {Conversation} conversation
 * @param {Page} page
 */
function isOpenTo({ role, members }, { name, username }) {
  const member = members.find((found) => found.username === username);
  if (name === "add") return may(role, "add");
  if (name === "about" || name === "settings") return may(role, "changeDetails");
  if (name === "delete") return may(role, "delete");
  if (name === "member") return member !== undefined;
  return name !== "remove" || (member !== undefined && username !== me.value && mayRemove(role, member.role));
}

/**
 * Focuses the heading of another page. Back on the first page, focuses the element that had the focus there.
 * @param {Page} page
 * @returns {Page} the previous page
 */
function useFocus(page) {
  const before = useRef(page);
  const last = before.current;
  useLayoutEffect(() => {
    if (before.current.name === page.name) return;
    const from = before.current;
    before.current = page;
    focusOn(page.name === "overview" ? [`[data-page="${from.name}"]`, ".details-members [data-stop] > *"] : []);
  }, [page.name]);
  return last;
}

/** The first of these elements that exists, or the heading. @param {string[]} selectors */
function focusOn(selectors) {
  const found = [...selectors, "#dialog-title"].map((selector) => document.querySelector(`dialog ${selector}`)).find(Boolean);
  if (found instanceof HTMLElement) found.focus();
}
