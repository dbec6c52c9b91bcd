/** Whom I block. */

import { block } from "../../../personal.js";
import { say } from "../../../strings.js";
import { blocks, nameOf } from "../../../store.js";
import { Avatar } from "../../avatar.js";
import { html } from "../../html.js";
import { Empty } from "../../states.js";
import { Refused, useAction } from "../action.js";

export function BlockedSection() {
  const action = useAction();
  const names = [...blocks.value.values()].filter((one) => one.blocked).map((one) => one.username);
  if (names.length === 0) return html`<${Empty} title=${say.blockedNone} hint=${say.blockedNoneHint} />`;
  const unblock = async (/** @type {string} */ username) => {
    await action.run(() => block(username, false));
    // The button that had the focus is gone.
    document.getElementById("dialog-title")?.focus();
  };
  return html`
    <${Refused} action=${action} />
    <ul>${names.map((username) => html`<${Person} key=${username} username=${username} isBusy=${action.isBusy.value} onUnblock=${() => unblock(username)} />`)}</ul>`;
}

/** @param {{ username: string, isBusy: boolean, onUnblock: () => void }} props */
function Person({ username, isBusy, onUnblock }) {
  const name = nameOf(username);
  return html`<li class="session">
    <${Avatar} id=${username} name=${name} />
    <span class="session-about"><b><bdi>${name}</bdi></b><small><bdi>@${username}</bdi></small></span>
    <button type="button" class="button" disabled=${isBusy} aria-label=${say.unblockNamed({ name })} onClick=${onUnblock}>${say.unblock}</button>
  </li>`;
}
