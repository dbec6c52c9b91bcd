/**
 * Every sentence that users read. They are in locales/, by language, in ICU MessageFormat: see "How to add a sentence" in
 * docs/architecture.md. What is drawn with them is drawn again when another language is chosen.
 */

import { MessageFormatter, pluralTypeHandler } from "@ultraq/icu-message-formatter";
import { signal } from "@preact/signals";
import { isolated } from "./models/bidi.js";

/**
 * @typedef {import("./sentences.js").Say} Say
 * @typedef {Record<string, any>} Sentences
 * @typedef {"ltr" | "rtl"} Direction
 * @typedef {object} Spoken
 * @property {string} locale for Intl, such as de-AT
 * @property {Direction} direction of the page, whatever the direction of a message is
 * @property {Sentences} sentences
 * @property {MessageFormatter} formatter
 */

const numberTypeHandler = (/** @type {number} */ value) => numberText(value);

/** @param {string} locale */
const formatterFor = (locale) => new MessageFormatter(locale, { plural: pluralTypeHandler, number: numberTypeHandler });

/** @type {import("@preact/signals").Signal<Spoken>} */
const spoken = signal({ locale: "en", direction: "ltr", sentences: {}, formatter: formatterFor("en") });

/** Replaces the language. @param {Omit<Spoken, "formatter">} language */
export function speak({ locale, direction, sentences }) {
  spoken.value = { locale, direction, sentences, formatter: formatterFor(locale) };
}

/** Sentences that were loaded later, in the language that is spoken. @param {Sentences} sentences */
export function learn(sentences) {
  spoken.value = { ...spoken.peek(), sentences: { ...spoken.peek().sentences, ...sentences } };
}

export const locale = () => spoken.value.locale;
export const direction = () => spoken.value.direction;

/** A sentence with arguments is a function of them, any other a text. @type {Say} */
export const say = /** @type {any} */ (new Proxy({}, { get: (_, key) => sentence(spoken.value.sentences[/** @type {string} */ (key)]) }));

/** @param {any} found */
function sentence(found) {
  return typeof found === "string" && found.includes("{") ? (/** @type {Record<string, any>} */ values) => filled(found, values) : found;
}

/**
 * @param {string} message
 * @param {Record<string, string | number | string[]>} values
 */
function filled(message, values) {
  const { formatter, direction: around } = spoken.value;
  const prepared = Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? isolated(value, around) : Array.isArray(value) ? listOf(value) : value]);
  return /** @type {any[]} */ (formatter.process(message, Object.fromEntries(prepared))).flat(Infinity).join("");
}

/** Formats of Intl by locale and kind: to make one costs more than to use it. @type {Map<string, any>} */
const formats = new Map();

/**
 * @template T
 * @param {string} kind
 * @param {(locale: string) => T} make
 * @returns {T} in the language that is spoken
 */
export function formatOf(kind, make) {
  const key = `${kind} ${locale()}`;
  if (!formats.has(key)) formats.set(key, make(locale()));
  return formats.get(key);
}

/** @param {number} value */
export const numberText = (value) => formatOf("number", (language) => new Intl.NumberFormat(language)).format(value);

const BADGE_MAX = 99;

/** For a badge. @param {number} count */
export const badgeText = (count) => (count > BADGE_MAX ? `${numberText(BADGE_MAX)}+` : numberText(count));

/**
 * @param {string[]} names
 * @param {number} [more] people who are not named
 * @returns {string} such as “Ann, Bob, and 3 others”
 */
export function listOf(names, more = 0) {
  const all = names.map((name) => isolated(name, direction()));
  return formatOf("list", (language) => new Intl.ListFormat(language)).format(more > 0 ? [...all, say.others({ count: more })] : all);
}

/**
 * Why the server refused something.
 * @param {string} code of the error
 * @param {string} otherwise for codes that have no sentence
 */
export function failureSentence(code, otherwise) {
  if (code === "timeout" || code === "offline") return say.signInOffline;
  const sentences = /** @type {Record<string, string> | undefined} */ (say.errors);
  return sentences?.[code] ?? otherwise;
}
