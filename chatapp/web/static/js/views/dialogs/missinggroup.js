/** A group that is open by its address, and that I am not in. If it is public, it can be joined here. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, fetchPublicGroup, joinGroup } from "../../api.js";
import { takeGroup } from "../../changes.js";
import { withoutControls } from "../../models/bidi.js";
import { goToList } from "../../router.js";
import { failureSentence, say } from "../../strings.js";
import { refreshOpen } from "../../sync.js";
import { Avatar } from "../avatar.js";
import { html } from "../html.js";
import { Empty } from "../states.js";

/** @typedef {import("../../protocol.js").PublicGroup} PublicGroup */

/** @param {{ conversation: import("../../models/conversation.js").Conversation }} props */
export function MissingGroup({ conversation: { receiver } }) {
  const group = useSignal(/** @type {PublicGroup | null} */ (null));
  useEffect(() => {
    fetchPublicGroup(receiver).then((found) => (group.value = found), ignoreRefusal);
  }, [receiver]);
  if (group.value) return html`<${Invitation} group=${group.value} />`;
  return html`<div class="messages-wait" role="alert">
    <${Empty} title=${say.missingGroup} hint=${say.missingHint}>
      <button type="button" class="button" onClick=${goToList}>${say.back}</button>
    <//>
  </div>`;
}

/** A private group is one that does not exist. @param {unknown} error */
function ignoreRefusal(error) {
  if (!(error instanceof ApiError)) throw error;
}

/** @param {{ group: PublicGroup }} props */
function Invitation({ group: { groupId, groupName, topic, description, memberCount } }) {
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const join = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    problem.value = await tryToJoin(groupId);
    isBusy.value = false;
  };
  return html`<div class="messages-wait"><div class="invitation">
    <${Avatar} id=${groupId} name=${groupName} group size="large" />
    <h2><bdi>${withoutControls(groupName)}</bdi></h2>
    ${topic && html`<p><bdi>${withoutControls(topic)}</bdi></p>`}
    <p class="state-hint">${say.members({ count: memberCount })}</p>
    ${description && html`<p class="description" dir="auto">${description}</p>`}
    <p>${say.notJoined}</p>
    <p class="problem" role="alert">${problem.value}</p>
    <button type="button" class="button button-main" aria-disabled=${isBusy.value} onClick=${join}>${isBusy.value ? say.joining : say.join}</button>
  </div></div>`;
}

/** @param {string} groupId @returns {Promise<string>} the error; empty if there is none */
async function tryToJoin(groupId) {
  try {
    takeGroup(await joinGroup(groupId));
    refreshOpen();
    return "";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return failureSentence(error.code, say.groupChangeFailed);
  }
}
