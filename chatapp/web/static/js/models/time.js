/** Times in the user's locale and time zone. */

import { formatOf, locale, say } from "../strings.js";

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const KINDS = {
  clock: { hour: "numeric", minute: "2-digit" },
  weekday: { weekday: "short" },
  dayAndMonth: { day: "numeric", month: "short" },
  shortDate: { day: "numeric", month: "numeric", year: "2-digit" },
  longDay: { weekday: "long", day: "numeric", month: "long" },
  longDate: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  month: { month: "long", year: "numeric" },
  full: { dateStyle: "full", timeStyle: "short" },
};

/** @param {keyof typeof KINDS} kind @param {Date} moment */
const written = (kind, moment) => formatOf(kind, (language) => new Intl.DateTimeFormat(language, KINDS[kind])).format(moment);

const DAY_MILLISECONDS = 86_400_000;

/** @param {string} timestamp */
export const timeOfDay = (timestamp) => written("clock", new Date(timestamp));

/** @param {string} timestamp @returns {string} such as "March 2026" */
export const monthName = (timestamp) => written("month", new Date(timestamp));

/** @param {string} timestamp */
export const fullMoment = (timestamp) => written("full", new Date(timestamp));

/**
 * @param {string} timeZone an IANA name
 * @param {Date} now
 * @returns {string} the time of the day there; empty for a zone that the browser does not know
 */
export function timeIn(timeZone, now) {
  try {
    return formatOf(`clock ${timeZone}`, (language) => new Intl.DateTimeFormat(language, { ...KINDS.clock, timeZone })).format(now);
  } catch {
    return "";
  }
}

/**
 * For the list: the time today, the weekday this week, the date before that.
 * @param {string} timestamp
 * @param {Date} now
 */
export function shortMoment(timestamp, now = new Date()) {
  const moment = new Date(timestamp);
  const age = daysBetween(moment, now);
  if (age <= 0) return written("clock", moment);
  if (age === 1) return say.yesterday;
  if (age < 7) return written("weekday", moment);
  return moment.getFullYear() === now.getFullYear() ? written("dayAndMonth", moment) : written("shortDate", moment);
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
  return moment.getFullYear() === now.getFullYear() ? written("longDay", moment) : written("longDate", moment);
}

/**
 * For a sentence: "today at 14:03".
 * @param {string} timestamp
 * @param {Date} now
 */
export function momentInWords(timestamp, now = new Date()) {
  const moment = new Date(timestamp);
  const age = daysBetween(moment, now);
  const time = written("clock", moment);
  if (age <= 0) return say.todayAt({ time });
  if (age === 1) return say.yesterdayAt({ time });
  return say.dayAt({ day: moment.getFullYear() === now.getFullYear() ? written("dayAndMonth", moment) : written("shortDate", moment), time });
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
  return new Intl.DateTimeFormat(locale(), { weekday: length, timeZone: "UTC" }).format(MONDAY + (day - 1) * DAY_MILLISECONDS);
}
