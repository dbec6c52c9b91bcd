/** The dialog that makes a group: a name, and people found by typing. */

import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { ApiError, createGroup } from "../../api.js";
import { takeGroup } from "../../changes.js";
import { keyOf } from "../../models/keys.js";
import { newClientId } from "../../models/outbox.js";
import { groupNameProblem } from "../../models/text.js";
import { goTo } from "../../router.js";
import { failureSentence, say } from "../../strings.js";
import { closeDialog, Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { AboutFields, problemOfAbout } from "./groupabout.js";
import { PeopleChooser } from "./peoplechooser.js";
import { Switch } from "./switch.js";

/**
 * @typedef {import("../../protocol.js").User} User
 * @typedef {Partial<import("../../protocol.js").Details>} Details
 */

export function NewGroupDialog() {
  // The same id for every attempt, because an attempt that seemed to fail may have created the group.
  const [clientId] = useState(newClientId);
  const name = useSignal("");
  const picked = useSignal(/** @type {User[]} */ ([]));
  const details = useSignal(/** @type {Details} */ ({}));
  const error = useSignal("");
  const isNameWrong = useSignal(false);
  const isBusy = useSignal(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (isBusy.peek()) return;
    error.value = sentenceForName(name.value);
    isNameWrong.value = error.value !== "";
    if (isNameWrong.value) return void document.getElementById("group-name")?.focus();
    error.value = problemOfAbout(details.value);
    if (error.value) return;
    isBusy.value = true;
    error.value = await make(name.value.trim(), picked.value, clientId, details.value);
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
      <${More} details=${details} />
      <footer class="dialog-foot">
        <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
        <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.groupCreating : say.groupCreate}</button>
      </footer>
    </form>
  <//>`;
}

/** What most groups do not need. @param {{ details: import("@preact/signals").Signal<Details> }} props */
function More({ details }) {
  const { topic = "", description = "", isPublic = false, writers } = details.value;
  const set = (/** @type {Details} */ some) => (details.value = { ...details.value, ...some });
  return html`<details class="more">
    <summary>${say.groupMore}</summary>
    <div class="form">
      <${AboutFields} topic=${topic} description=${description} onChange=${set} />
      <${Switch} label=${say.isPublic} hint=${say.isPublicHint} isOn=${isPublic} onChange=${(/** @type {boolean} */ isOn) => set({ isPublic: isOn })} />
      <${Switch} label=${say.announcements} hint=${say.announcementsHint} isOn=${writers === "admins"} onChange=${(/** @type {boolean} */ isOn) => set({ writers: isOn ? "admins" : "everybody" })} />
    </div>
  </details>`;
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
 * @param {Details} details
 * @returns {Promise<string>} the error; empty if there is none
 */
async function make(name, users, clientId, details) {
  try {
    const group = await createGroup(name, users, clientId, details);
    takeGroup(group);
    closeDialog();
    goTo(keyOf(group.groupId, true));
    return "";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.isOffline ? say.groupOffline : failureSentence(error.code, say.groupFailed);
  }
}
