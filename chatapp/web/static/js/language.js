/** The language of the page: the browser's, or one that was chosen on this device. The server reads the same cookie. */

import { signal } from "@preact/signals";
import { fetchSentences } from "./api.js";
import { ownName, settings } from "./config.js";
import { speak } from "./strings.js";

const COOKIE = ownName("language");
const KEPT_SECONDS = 34_560_000;

/** The catalogues of other languages are laid over this one by the server. */
const SOURCE = "en";

export const { languages } = settings;

/** The code of the chosen language; empty for the browser's. */
export const chosenLanguage = signal(keptChoice());

/** The catalogues of a language. The second is loaded with the dialogs, which need it. */
const parts = [""];
const LATER = ".later";

function keptChoice() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${COOKIE}=`));
  const code = found?.slice(COOKIE.length + 1);
  return languages.some((language) => language.code === code) ? /** @type {string} */ (code) : "";
}

/** Keeps the choice and draws the page in it. @param {string} code empty for the browser's language */
export async function chooseLanguage(code) {
  chosenLanguage.value = code;
  await applyLanguage();
}

/** @throws {import("./api.js").ApiError} if no sentence can be loaded, so that there is nothing to draw */
export async function applyLanguage() {
  const chosen = chosenLanguage.peek();
  document.cookie = `${COOKIE}=${chosen}; path=${settings.basePath || "/"}; samesite=lax; max-age=${chosen ? KEPT_SECONDS : 0}`;
  const language = languages.find(({ code }) => code === (chosen || settings.language)) ?? languages[0];
  const sentences = await sentencesOf(language.code);
  // Meanwhile another one was chosen.
  if (chosenLanguage.peek() !== chosen) return;
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.direction;
  speak({ locale: localeOf(language.code), direction: language.direction, sentences });
}

/** The language of the emoji's names. */
export const emojiLanguage = () => languages.find(({ code }) => code === document.documentElement.lang)?.emoji ?? SOURCE;

/** Loads the sentences of what is opened seldom. */
export async function loadLaterSentences() {
  if (!parts.includes(LATER)) parts.push(LATER);
  await applyLanguage();
}

/** In English where the language cannot be loaded. @param {string} code */
async function sentencesOf(code) {
  try {
    return await loadAll(code);
  } catch (error) {
    if (code === SOURCE) throw error;
    return loadAll(SOURCE);
  }
}

/** @param {string} code */
async function loadAll(code) {
  return Object.assign({}, ...(await Promise.all(parts.map((part) => loadOnce(code + part)))));
}

/** @type {Map<string, Promise<import("./strings.js").Sentences>>} */
const catalogues = new Map();

/** @param {string} name */
function loadOnce(name) {
  const found = catalogues.get(name) ?? fetchSentences(name);
  catalogues.set(name, found);
  // The next attempt asks again.
  found.catch(() => catalogues.delete(name));
  return found;
}

/** The browser's own variant of the language, such as de-AT, so that times and numbers are as its user is used to. @param {string} code */
function localeOf(code) {
  const base = (/** @type {string} */ tag) => tag.split("-")[0];
  return navigator.languages.find((tag) => base(tag) === base(code)) ?? code;
}
