/** Times at which a message can be sent later, in the user's own time zone. */

const MORNING_HOUR = 9;
const HOUR_MILLISECONDS = 3_600_000;
const MONDAY = 1;

/**
 * @param {Date} now
 * @returns {{ hour: Date, tomorrow: Date, monday: Date }} in an hour, tomorrow at nine, and next Monday at nine
 */
export function presetsAt(now) {
  const hour = new Date(now.getTime() + HOUR_MILLISECONDS);
  const days = (MONDAY + 7 - now.getDay()) % 7 || 7;
  return { hour, tomorrow: morningIn(now, 1), monday: morningIn(now, days) };
}

/**
 * @param {Date} now
 * @param {number} days
 */
function morningIn(now, days) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_HOUR);
}

/**
 * @param {Date} moment
 * @returns {{ date: string, time: string }} as the browser's fields have them: "2026-01-31", "09:00"
 */
export function fieldsOf(moment) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const date = `${String(moment.getFullYear()).padStart(4, "0")}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return { date, time: `${two(moment.getHours())}:${two(moment.getMinutes())}` };
}

/**
 * @param {{ date: string, time: string }} fields
 * @returns {Date | null} null while one of them is empty
 */
export function momentOf({ date, time }) {
  if (!date || !time) return null;
  const moment = new Date(`${date}T${time}`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
