/** Attaches files to the message that is being written, and says of those that cannot be sent why. */

import { signal } from "@preact/signals";
import { sizeText } from "../../../models/files.js";
import { connection, dialog, me } from "../../../store.js";
import { say } from "../../../strings.js";
import { FILES_MAX, partedByLimits } from "../../../files/checks.js";
import { currentLimits } from "../../../files/limits.js";
import { measure } from "../../../files/measure.js";
import { attach, describe, newFile, trayOf, whileAttaching } from "../../../files/trays.js";

/**
 * @typedef {import("../../../files/checks.js").Limits} Limits
 * @typedef {import("../../../files/checks.js").Refusal} Refusal
 */

/** Without an answer the server refuses later what it does not take. */
const PATIENCE_MILLISECONDS = 2_000;

/** Why files were not attached, by conversation. @type {import("@preact/signals").Signal<Map<string, string[]>>} */
export const objections = signal(new Map());

/** The picture that is shown large, and whose text is written. @type {import("@preact/signals").Signal<{ key: string, id: string }>} */
export const shownPicture = signal({ key: "", id: "" });

/** @param {string} key @param {string} id */
export function showPicture(key, id) {
  shownPicture.value = { key, id };
  dialog.value = "attachedPicture";
}

/**
 * Until it is known which of them can be sent, their message cannot be sent either.
 * @param {string} key
 * @param {File[]} chosen
 * @param {boolean} [hasFolders] whether folders were among them, which cannot be sent
 */
export async function addFiles(key, chosen, hasFolders = false) {
  const owner = me.peek();
  const limits = chosen.length > 0 ? await whileAttaching(key, limitsSoon) : null;
  if (me.peek() !== owner) return;
  const { taken, refused } = partedByLimits(chosen, trayOf(key), limits);
  const sentences = sentencesFor(refused, limits);
  setObjections(key, hasFolders ? [...sentences, say.dropFolder] : sentences);
  const files = taken.map((file) => newFile(file, file.name));
  if (files.length > 0) attach(key, files);
  await Promise.all(files.map(async (file) => describe(key, file.id, await measure(file))));
}

/** @param {string} key @param {string[]} sentences */
export function setObjections(key, sentences) {
  objections.value = new Map(objections.peek()).set(key, sentences);
}

/** @returns {Promise<Limits | null>} */
function limitsSoon() {
  if (connection.peek() !== "connected") return Promise.resolve(null);
  return Promise.race([currentLimits(), new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MILLISECONDS))]);
}

/**
 * @param {Refusal[]} refused
 * @param {Limits | null} limits
 * @returns {string[]}
 */
function sentencesFor(refused, limits) {
  const namesOf = (/** @type {Refusal["code"]} */ code) => refused.filter((one) => one.code === code).map(({ name }) => name);
  const beyond = namesOf("too_many_files");
  const sentences = [];
  if (beyond.length > 0) sentences.push(say.filesTooMany({ most: limits?.filesAMessage ?? FILES_MAX, names: beyond }));
  if (!limits) return sentences;
  for (const name of namesOf("file_too_large")) sentences.push(say.fileTooLarge({ name, most: sizeText(limits.largestBytes) }));
  for (const name of namesOf("file_type_refused")) sentences.push(say.fileTypeRefused({ name, types: limits.types ?? [] }));
  for (const name of namesOf("quota_exceeded")) sentences.push(say.fileOverQuota({ name, used: sizeText(limits.usedBytes), quota: sizeText(limits.quotaBytes ?? 0) }));
  return sentences;
}
