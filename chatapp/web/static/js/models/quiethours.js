/** Do not disturb: the hours in which nothing sounds or pops up. */

/** @typedef {import("../protocol.js").DoNotDisturb} DoNotDisturb */

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/**
 * @param {DoNotDisturb | null} hours
 * @param {Date} now
 * @returns {boolean} whether it is quiet now
 */
export function isQuiet(hours, now = new Date()) {
  if (!hours) return false;
  const { day, minutes } = localTime(now, hours.timeZone);
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const hasBegun = hours.days.includes(day) && minutes >= from;
  if (from < to) return hasBegun && minutes < to;
  // Over midnight: the second part belongs to the day on which it began.
  return hasBegun || (hours.days.includes(day === 1 ? 7 : day - 1) && minutes < to);
}

/** @param {string} time such as "22:30" */
function minutesOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/**
 * @param {Date} now
 * @param {string} timeZone
 */
function localTime(now, timeZone) {
  const parts = new Map(formatIn(timeZone).formatToParts(now).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1;
  return { day, minutes: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
}

/** A zone that this browser does not know is taken for its own. @param {string} timeZone */
function formatIn(timeZone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-US", options);
  }
}

/** The usual hours, for whoever switches it on. @returns {DoNotDisturb} */
export function usualHours() {
  return { from: "22:00", to: "07:00", days: [1, 2, 3, 4, 5, 6, 7], timeZone: ownTimeZone() };
}

/** The time zone of this device. */
export function ownTimeZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
