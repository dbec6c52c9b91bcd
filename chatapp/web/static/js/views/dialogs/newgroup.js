/** The dialog that makes a group: a name, and people found by typing. */

import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { ApiError, createGroup } from "../../api.js";
import { takeGroup } from "../../changes.js";
import { keyOf } from "../../models/keys.js";
import { newClientId } from "../../models/outbox.js";
import { groupNameProblem } from "../../models/text.js";
import { goTo } from "../../router.js";
import { say } from "../../strings.js";
import { closeDialog, Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { PeopleChooser } from "./peoplechooser.js";

/** @typedef {import("../../protocol.js").User} User */

export function NewGroupDialog() {
  // The same id for every attempt, because an attempt that seemed to fail may have created the group.
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
        <input id="group-name" dir="auto" value=${name} placeholder=${say.groupNamePlaceholder} autocomplete="off" autofocus aria-invalid=${isNameWrong.value} aria-describedby="group-problem"
          onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} />
      </label>
      <p id="group-problem" class="problem" role="alert">${error.value && html`<${Icon} name="warning" size=${18} /><span>${error.value}</span>`}</p>
      <${PeopleChooser} picked=${picked} hint=${say.groupAloneHint} />
      <footer class="dialog-foot">
        <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
        <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.groupCreating : say.groupCreate}</button>
      </footer>
    </form>
  <//>`;
}

/** @param {string} name @returns {string} the error of a group's name; empty if there is none */
export function sentenceForName(name) {
  const problem = groupNameProblem(name);
  if (problem === "empty") return say.groupNameEmpty;
  return problem === "long" ? say.groupNameLong : "";
}

/**
 * @param {string} name
 * @param {User[]} users
 * @param {string} clientId
 * @returns {Promise<string>} the error; empty if there is none
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
