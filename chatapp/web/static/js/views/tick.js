/** The state of a message of mine: a clock, one tick, two ticks, two coloured ticks, or a warning. */

import { say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {"sending" | "stored" | "delivered" | "read" | "failed"} TickState */

/** @type {Record<TickState, import("./icons.js").IconName>} */
const ICONS = { sending: "clock", stored: "check", delivered: "checks", read: "checks", failed: "warning" };

export const labelOf = (/** @type {TickState} */ state) => say.ticks[state];

/** @param {{ state: TickState }} props */
export function Tick({ state }) {
  const label = labelOf(state);
  return html`<span class="tick tick-${state}" role="img" aria-label=${label} title=${label}><${Icon} name=${ICONS[state]} size=${16} /></span>`;
}
