/** The state of a message of mine: a clock, one tick, two ticks, two coloured ticks, or a warning. */

import { say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {"sending" | "stored" | "delivered" | "read" | "failed"} TickState */

/** @type {Record<TickState, { icon: import("./icons.js").IconName, label: string }>} */
const LOOKS = {
  sending: { icon: "clock", label: say.tickSending },
  stored: { icon: "check", label: say.tickStored },
  delivered: { icon: "checks", label: say.tickDelivered },
  read: { icon: "checks", label: say.tickRead },
  failed: { icon: "warning", label: say.tickFailed },
};

export const labelOf = (/** @type {TickState} */ state) => LOOKS[state].label;

/** @param {{ state: TickState }} props */
export function Tick({ state }) {
  const { icon, label } = LOOKS[state];
  return html`<span class="tick tick-${state}" role="img" aria-label=${label} title=${label}><${Icon} name=${icon} size=${16} /></span>`;
}
