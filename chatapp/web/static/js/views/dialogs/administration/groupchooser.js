/** Picks the groups that an invitation for guests leads to. */

import { useSignal } from "@preact/signals";
import { withoutControls } from "../../../models/bidi.js";
import { say } from "../../../strings.js";
import { Avatar } from "../../avatar.js";
import { html } from "../../html.js";
import { fetchGroups } from "./api.js";
import { Pages, Search, usePages } from "./pages.js";

/**
 * @typedef {import("./api.js").AdminGroup} AdminGroup
 * @typedef {import("@preact/signals").Signal<AdminGroup[]>} Groups
 */

/** The picked groups stay in sight, whatever is looked for. @param {{ picked: Groups }} props */
export function GroupChooser({ picked }) {
  const text = useSignal("");
  const search = text.value.trim();
  const pages = usePages(search, (last) => fetchGroups(search, last));
  const isPicked = (/** @type {AdminGroup} */ group) => picked.value.some(({ groupId }) => groupId === group.groupId);
  const draw = (/** @type {AdminGroup} */ group) => (isPicked(group) ? null : html`<${Choice} key=${group.groupId} group=${group} picked=${picked} />`);
  return html`<fieldset class="finder administration-groups">
    <legend>${say.adminInviteGroups}</legend>
    <ul class="administration-list">${picked.value.map((group) => html`<${Choice} key=${group.groupId} group=${group} picked=${picked} isPicked />`)}</ul>
    <${Search} label=${say.adminFindGroups} text=${text} />
    <${Pages} pages=${pages} empty=${say.adminNoGroups} draw=${draw} />
  </fieldset>`;
}

/** @param {{ group: AdminGroup, picked: Groups, isPicked?: boolean }} props */
function Choice({ group, picked, isPicked = false }) {
  const name = withoutControls(group.groupName);
  const toggle = () => {
    const rest = picked.peek().filter(({ groupId }) => groupId !== group.groupId);
    picked.value = isPicked ? rest : [...rest, group];
  };
  return html`<li><label class="choice">
    <${Avatar} id=${group.groupId} name=${group.groupName} group size="small" />
    <span class="person-text"><b><bdi>${name}</bdi></b><small>${say.members({ count: group.memberCount })}</small></span>
    <input type="checkbox" checked=${isPicked} onChange=${toggle} />
  </label></li>`;
}
