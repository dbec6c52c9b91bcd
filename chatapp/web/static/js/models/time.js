/** Times in the user's locale and time zone. */

import { LOCALE, say } from "../strings.js";

const clock = new Intl.DateTimeFormat(LOCALE, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
const dayAndMonth = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const shortDate = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "numeric", year: "2-digit" });
const longDay = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const longDate = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "short" });

const DAY_MILLISECONDS = 86_400_000;

/** @param {string} timestamp */
export const timeOfDay = (timestamp) => clock.format(new Date(timestamp));

/** @param {string} timestamp */
export const fullMoment = (timestamp) => full.format(new Date(timestamp));

/**
 * For the list: the time today, the weekday this week, the date before that.
 * @param {string} timestamp
 * @param {Date} now
 */
export function shortMoment(timestamp, now = new Date()) {
  const moment = new Date(timestamp);
  const age = daysBetween(moment, now);
  if (age <= 0) return clock.format(moment);
  if (age === 1) return say.yesterday;
  if (age < 7) return weekday.format(moment);
  return moment.getFullYear() === now.getFullYear() ? dayAndMonth.format(moment) : shortDate.format(moment);
}

/**
 * For the line between days.
 * @param {string} timestamp
 * @param {Date} now
 */
export function dayName(timestamp, now = new Date()) {
  const moment = new Date(timestamp);
  const age = daysBetween(moment, now);
  if (age === 0) return say.today;
  if (age === 1) return say.yesterday;
  return moment.getFullYear() === now.getFullYear() ? longDay.format(moment) : longDate.format(moment);
}

/**
 * For a sentence: "today at 14:03".
 * @param {string} timestamp
 * @param {Date} now
 */
export function momentInWords(timestamp, now = new Date()) {
  const moment = new Date(timestamp);
  const age = daysBetween(moment, now);
  const time = clock.format(moment);
  if (age <= 0) return say.todayAt(time);
  if (age === 1) return say.yesterdayAt(time);
  return say.dayAt(moment.getFullYear() === now.getFullYear() ? dayAndMonth.format(moment) : shortDate.format(moment), time);
}

/**
 * Counts calendar days. Rounding removes the hour that daylight saving time adds or removes.
 * @param {Date} earlier
 * @param {Date} later
 */
function daysBetween(earlier, later) {
  return Math.round((midnight(later) - midnight(earlier)) / DAY_MILLISECONDS);
}

/** @param {Date} moment */
function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

/** Any Monday. */
const MONDAY = Date.UTC(2024, 0, 1, 12);

/**
 * @param {number} day as in ISO 8601: Monday is 1
 * @param {"long" | "short"} length
 */
export function weekdayName(day, length) {
  return new Intl.DateTimeFormat(LOCALE, { weekday: length, timeZone: "UTC" }).format(MONDAY + (day - 1) * DAY_MILLISECONDS);
}
