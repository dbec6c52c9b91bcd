/** The dialog that finds public groups by name, and joins one. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, findGroups, joinGroup } from "../../api.js";
import { withoutControls } from "../../models/bidi.js";
import { keyOf } from "../../models/keys.js";
import { goTo } from "../../router.js";
import { query } from "../../store.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { Avatar } from "../avatar.js";
import { closeDialog, Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { Empty, Failed, Skeleton } from "../states.js";

/**
 * @typedef {import("../../protocol.js").PublicGroup} PublicGroup
 * @typedef {ReturnType<typeof useDirectory>} Directory
 */

const PAUSE_MILLISECONDS = 250;

export function FindGroupsDialog() {
  const text = useSignal(query.peek().trim());
  const directory = useDirectory(text.value.trim());
  const action = useAction();
  return html`<${Dialog} title=${say.findGroups}>
    <label class="search">
      <${Icon} name="search" size=${18} />
      <input type="search" dir="auto" autofocus aria-label=${say.findGroupsName} placeholder=${say.findGroupsName} value=${text} autocomplete="off" maxlength="100"
        onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
    </label>
    <${Refused} action=${action} />
    <div class="found found-groups"><${Found} text=${text.value.trim()} directory=${directory} action=${action} /></div>
  <//>`;
}

/**
 * The groups that match, page by page. Waits until the user stops typing; a late answer for an earlier text is dropped.
 * @param {string} text
 */
function useDirectory(text) {
  const groups = useSignal(/** @type {PublicGroup[] | null} */ (null));
  const next = useSignal(/** @type {string | null} */ (null));
  const hasFailed = useSignal(false);
  const current = useRef(text);
  const load = async (/** @type {string | null} */ after) => {
    try {
      const page = await findGroups(text, after);
      if (current.current !== text) return;
      groups.value = after === null ? page.groups : [...(groups.peek() ?? []), ...page.groups];
      next.value = page.next;
      hasFailed.value = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (current.current === text) hasFailed.value = true;
    }
  };
  useEffect(() => {
    current.current = text;
    const timer = setTimeout(() => load(null), groups.peek() === null ? 0 : PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return { groups: groups.value, next: next.value, hasFailed: hasFailed.value, load };
}

/** @param {{ text: string, directory: Directory, action: import("./action.js").Action }} props */
function Found({ text, directory: { groups, next, hasFailed, load }, action }) {
  if (hasFailed) return html`<${Failed} sentence=${say.findGroupsFailed} onRetry=${() => load(null)} />`;
  if (groups === null) return html`<${Skeleton} label=${say.findGroupsLoading} rows=${4} />`;
  return html`
    <div role="status">${groups.length === 0 && (text === "" ? html`<${Empty} title=${say.findGroupsNone} hint=${say.findGroupsNoneHint} />` : html`<${Empty} title=${say.listNoMatch({ text })} hint=${say.findGroupsNoMatchHint} />`)}</div>
    <ul>${groups.map((group) => html`<${FoundGroup} key=${group.groupId} group=${group} action=${action} />`)}</ul>
    ${next !== null && html`<button type="button" class="button button-quiet found-more" onClick=${() => load(next)}>${say.findGroupsMore}</button>`}`;
}

/** @param {{ group: PublicGroup, action: import("./action.js").Action }} props */
function FoundGroup({ group, action }) {
  const { groupId, groupName, topic, description, memberCount, isMember } = group;
  const name = withoutControls(groupName);
  const open = () => {
    closeDialog();
    goTo(keyOf(groupId, true));
  };
  const join = async () => {
    if (await action.run(() => joinGroup(groupId))) open();
  };
  return html`<li class="found-group">
    <div class="found-group-row">
      <${Avatar} id=${groupId} name=${groupName} group size="small" />
      <span class="person-text"><b><bdi>${name}</bdi></b>
        ${topic && html`<bdi class="found-topic">${withoutControls(topic)}</bdi>`}
        <small>${say.members({ count: memberCount })}</small>
      </span>
      ${isMember
        ? html`<button type="button" class="button" aria-label=${say.openGroupNamed({ name })} onClick=${open}>${say.openGroup}</button>`
        : html`<button type="button" class="button button-main" aria-label=${say.joinGroup({ name })} aria-disabled=${action.isBusy.value} onClick=${join}>${say.join}</button>`}
    </div>
    ${description && html`<details class="found-about"><summary>${say.findGroupsAbout}<span class="unseen"> ${name}</span></summary><p class="description" dir="auto">${description}</p></details>`}
  </li>`;
}
