/** After how many days the system erases messages. An administrator may change it while the page is open. */

import { signal } from "@preact/signals";
import { settings } from "./config.js";

/** 0: never. */
export const systemDays = signal(settings.retentionDays ?? 0);

let events = 0;

/** Events come in their order. @param {import("./protocol.js").Retention} retention */
export function takeRetention({ retentionDays }) {
  events += 1;
  systemDays.value = retentionDays;
}

/** To be called before a sync. @returns {(retention: import("./protocol.js").Retention) => void} takes its answer, unless an event came meanwhile */
export function expectRetention() {
  const before = events;
  return ({ retentionDays }) => void (before === events && (systemDays.value = retentionDays));
}
