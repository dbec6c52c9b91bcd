/** Chooses a date and a time, by the browser's own fields. */

import { say } from "../../strings.js";
import { fieldsOf } from "./latertimes.js";
import { ownTimeZone } from "../../models/quiethours.js";
import { html } from "../html.js";

/** @typedef {{ date: string, time: string }} Fields */

/** As on the server. */
const DAYS_MAX = 366;
const DAY_MILLISECONDS = 86_400_000;

/** @param {{ fields: import("@preact/signals").Signal<Fields> }} props */
export function Moment({ fields }) {
  const set = (/** @type {keyof Fields} */ name) => (/** @type {any} */ event) => (fields.value = { ...fields.peek(), [name]: event.target.value });
  return html`<div class="later-fields">
    <label class="field"><span>${say.laterDate}</span><input type="date" required value=${fields.value.date} min=${fieldsOf(new Date()).date} onInput=${set("date")} /></label>
    <label class="field"><span>${say.laterTime}</span><input type="time" required value=${fields.value.time} onInput=${set("time")} /></label>
    <p class="state-hint">${say.laterZone({ zone: ownTimeZone() })}</p>
  </div>`;
}

/**
 * @param {Date | null} moment
 * @returns {string} why a message cannot be sent then; empty if it can
 */
export function problemOf(moment) {
  if (!moment) return say.laterNoTime;
  if (moment.getTime() <= Date.now()) return say.laterOver;
  return moment.getTime() > Date.now() + DAYS_MAX * DAY_MILLISECONDS ? say.laterTooFar({ count: DAYS_MAX }) : "";
}
