/** What I show of myself: my picture, my name, a status text, and my time zone. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { takeProfile } from "../../../changes.js";
import { ownTimeZone } from "../../../models/quiethours.js";
import { STATUS_CHARACTERS_MAX } from "../../../protocol.js";
import { say } from "../../../strings.js";
import { me, people } from "../../../store.js";
import { html } from "../../html.js";
import { TextField } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { changeProfile, fetchManagedBy } from "./api.js";
import { OwnPicture } from "./picture.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

export function ProfileSection() {
  const managedBy = useSignal(/** @type {string | null} */ (null));
  // Without an answer the server says it when a name is saved.
  useEffect(() => void fetchManagedBy().then((name) => (managedBy.value = name), () => {}), []);
  const mine = people.value.get(me.value);
  return html`<${OwnPicture} /><${ProfileForm} key=${mine ? "known" : "unknown"} mine=${mine} managedBy=${managedBy.value} />`;
}

/** @param {{ mine: import("../../../protocol.js").User | undefined, managedBy: string | null }} props */
function ProfileForm({ mine, managedBy }) {
  const firstName = useSignal(mine?.firstName ?? "");
  const lastName = useSignal(mine?.lastName ?? "");
  const statusText = useSignal(mine?.statusText ?? "");
  // Whoever never saved a profile is offered the zone of this device.
  const timeZone = useSignal(mine?.profileRevision ? (mine.timeZone ?? "") : ownTimeZone());
  const isDone = useSignal(false);
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    isDone.value = false;
    if (!firstName.peek().trim()) return action.refuse(say.profileNameMissing);
    const wanted = { firstName: firstName.peek(), lastName: lastName.peek(), statusText: statusText.peek(), timeZone: timeZone.peek() };
    isDone.value = await action.run(async () => void takeProfile(await changeProfile(wanted)));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    ${managedBy === null
      ? html`<${TextField} name="firstName" label=${say.joinFirstName} text=${firstName} autocomplete="given-name" />
          <${TextField} name="lastName" label=${say.joinLastName} text=${lastName} autocomplete="family-name" />`
      : html`<p class="note">${say.accountManaged({ name: managedBy })}</p>`}
    <${StatusField} text=${statusText} />
    <${ZoneField} zone=${timeZone} />
    <${Refused} action=${action} />
    <button class="button button-main" disabled=${action.isBusy.value || !mine}>${action.isBusy.value ? say.saving : say.save}</button>
    <p role="status">${isDone.value && say.profileDone}</p>
  </form>`;
}

/** @param {{ text: TextSignal }} props */
function StatusField({ text }) {
  return html`<div class="field">
    <label for="statusText">${say.profileStatus}</label>
    <input id="statusText" dir="auto" maxlength=${STATUS_CHARACTERS_MAX} autocomplete="off" aria-describedby="statusText-hint" value=${text}
      onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
    <small id="statusText-hint">${say.profileStatusHint}</small>
  </div>`;
}

/** @param {{ zone: TextSignal }} props */
function ZoneField({ zone }) {
  const own = ownTimeZone();
  const others = new Set([zone.value, ...Intl.supportedValuesOf("timeZone")].filter((one) => one && one !== own));
  return html`<div class="field">
    <label for="timeZone">${say.profileZone}</label>
    <select id="timeZone" aria-describedby="timeZone-hint" value=${zone.value} onChange=${(/** @type {any} */ event) => (zone.value = event.target.value)}>
      <option value="">${say.profileZoneHidden}</option>
      <option value=${own}>${say.profileZoneHere({ zone: own })}</option>
      ${[...others].map((one) => html`<option key=${one} value=${one}>${one.replaceAll("_", " ")}</option>`)}
    </select>
    <small id="timeZone-hint">${say.profileZoneHint}</small>
  </div>`;
}
