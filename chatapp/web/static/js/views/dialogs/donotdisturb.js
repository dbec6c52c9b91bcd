/** Do not disturb, in the settings: a switch, the hours, and the days on which they begin. */

import { useSignal } from "@preact/signals";
import { changeSettings } from "../../personalapi.js";
import { ownTimeZone, usualHours } from "../../models/quiethours.js";
import { weekdayName } from "../../models/time.js";
import { takeSettings } from "../../ownchanges.js";
import { ownSettings } from "../../store.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Refused, useAction } from "./action.js";
import { Switch } from "./switch.js";

/**
 * @typedef {import("../../protocol.js").DoNotDisturb} Hours
 * @typedef {import("./action.js").Action} Action
 */

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** The hours that were set before they were switched off. @type {Hours | null} */
let last = null;

export function DoNotDisturb() {
  const action = useAction();
  const unsaved = useSignal(/** @type {Hours | null | undefined} */ (undefined));
  const hours = unsaved.value === undefined ? ownSettings.value.doNotDisturb : unsaved.value;
  // While one change is being saved, the next ones are shown, and the last of them is saved after it.
  const save = async (/** @type {Hours | null} */ wanted) => {
    unsaved.value = wanted;
    if (action.isBusy.peek()) return;
    let sent = wanted;
    while (await action.run(async () => takeSettings(await changeSettings({ doNotDisturb: sent })))) {
      if (unsaved.peek() === sent) break;
      sent = unsaved.peek() ?? null;
    }
    unsaved.value = undefined;
  };
  const change = (/** @type {boolean} */ isOn) => {
    last = hours ?? last;
    save(isOn ? { ...(last ?? usualHours()), timeZone: ownTimeZone() } : null);
  };
  return html`<div class="quiet">
    <${Switch} label=${say.doNotDisturb} hint=${say.doNotDisturbHint} isOn=${hours !== null} onChange=${change} />
    ${hours && html`<${Period} hours=${hours} save=${save} action=${action} />`}
    <${Refused} action=${action} />
  </div>`;
}

/** @param {{ hours: Hours, save: (hours: Hours) => void, action: Action }} props */
function Period({ hours, save, action }) {
  const setTime = (/** @type {"from" | "to"} */ name) => (/** @type {any} */ event) => {
    const changed = { ...hours, [name]: event.target.value, timeZone: ownTimeZone() };
    if (!event.target.value) return;
    if (changed.from === changed.to) action.refuse(say.doNotDisturbSame);
    else save(changed);
  };
  const setDay = (/** @type {number} */ day, /** @type {boolean} */ isOn) => {
    const days = DAYS.filter((one) => (one === day ? isOn : hours.days.includes(one)));
    if (days.length === 0) action.refuse(say.doNotDisturbNoDay);
    else save({ ...hours, days });
  };
  return html`<fieldset class="quiet-period">
    <legend class="unseen">${say.doNotDisturb}</legend>
    <label class="field"><span>${say.doNotDisturbFrom}</span><input type="time" value=${hours.from} onChange=${setTime("from")} /></label>
    <label class="field"><span>${say.doNotDisturbTo}</span><input type="time" value=${hours.to} onChange=${setTime("to")} /></label>
    <div class="quiet-days" role="group" aria-label=${say.doNotDisturbDays}>${DAYS.map((day) => html`<${Day} key=${day} day=${day} isOn=${hours.days.includes(day)} setDay=${setDay} />`)}</div>
    ${hours.timeZone !== ownTimeZone() && html`<p class="state-hint">${say.doNotDisturbZone({ zone: hours.timeZone })}</p>`}
  </fieldset>`;
}

/** @param {{ day: number, isOn: boolean, setDay: (day: number, isOn: boolean) => void }} props */
function Day({ day, isOn, setDay }) {
  const change = (/** @type {any} */ event) => {
    setDay(day, event.target.checked);
    event.target.checked = isOn;
  };
  return html`<label class="quiet-day"><input type="checkbox" checked=${isOn} aria-label=${weekdayName(day, "long")} onChange=${change} /><span aria-hidden="true">${weekdayName(day, "short")}</span></label>`;
}
