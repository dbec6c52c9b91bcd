/** Files of messages: of what kind they are, how large they are drawn, and how their names and sizes are written. */

import { withoutControls } from "./bidi.js";
import { formatOf, numberText } from "../strings.js";

/**
 * @typedef {import("../protocol.js").File} SentFile
 * @typedef {import("../protocol.js").FileKind} FileKind
 * @typedef {SentFile & { address?: string }} File one of a message that is not sent yet has an address in this page
 * @typedef {import("../views/icons.js").IconName} IconName
 * @typedef {{ width: number, height: number }} Box in CSS pixels
 */

const TEXT_TYPES = /^(?:text\/(?!html|rtf)|application\/(?:json|xml|toml|yaml|x-yaml|x-sh|javascript|sql)$)/u;
/** The pictures that every browser draws. SVG is a document, which may hold scripts. */
const PICTURE_TYPES = /^image\/(?:png|jpeg|gif|webp|avif)$/u;

/**
 * The kind of a file that the server has not looked at yet.
 * @param {string} type a media type, as the browser names it
 * @returns {FileKind}
 */
export function kindOf(type) {
  if (PICTURE_TYPES.test(type)) return "picture";
  if (type.startsWith("video/")) return "video";
  if (type.startsWith("audio/")) return "audio";
  if (type === "application/pdf") return "pdf";
  return TEXT_TYPES.test(type) ? "text" : "other";
}

/** @type {Record<FileKind, IconName>} */
const ICONS = { picture: "picture", video: "film", audio: "note", pdf: "page", text: "code", other: "file" };

/** @param {{ kind: FileKind, isVoice?: boolean }} file @returns {IconName} */
export const iconOf = ({ kind, isVoice }) => (isVoice ? "microphone" : ICONS[kind] ?? ICONS.other);

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const STEP = 1000;

/**
 * @param {number} bytes
 * @returns {string} such as "1.4 MB"
 */
export function sizeText(bytes) {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const unit = UNITS[power];
  const format = formatOf(unit, (language) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: power === 0 ? "long" : "short", maximumFractionDigits: power < 2 ? 0 : 1 }));
  return format.format(bytes / STEP ** power);
}

/**
 * @param {number} seconds
 * @returns {string} such as "0:12", or "1:02:03" from an hour on
 */
export function lengthText(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${numberText(hours)}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${numberText(minutes)}:${twoDigits(rest)}`;
}

/** @param {number} value */
const twoDigits = (value) => formatOf("twoDigits", (language) => new Intl.NumberFormat(language, { minimumIntegerDigits: 2 })).format(value);

/** Characters of the end of a long name that stay. */
const END_CHARACTERS = 6;
const EXTENSION_CHARACTERS_MAX = 12;
const EXTENSION = /\.[^.\s]+$/u;

/**
 * A name in two parts. A long one is cut at the end of the first part, so that its extension is always to be seen.
 * @param {string} name
 * @returns {{ start: string, end: string }} without characters that would show it in another order
 */
export function nameParts(name) {
  const characters = [...withoutControls(name)];
  const extension = [...(EXTENSION.exec(characters.join(""))?.[0] ?? "")].length;
  const kept = Math.min(characters.length, END_CHARACTERS + Math.min(extension, EXTENSION_CHARACTERS_MAX));
  const at = characters.length - kept;
  return { start: characters.slice(0, at).join(""), end: characters.slice(at).join("") };
}

/** @param {string} name @returns {string} such as "PDF"; empty without an extension */
export const extensionOf = (name) => (EXTENSION.exec(withoutControls(name))?.[0] ?? "").slice(1, 1 + EXTENSION_CHARACTERS_MAX).toUpperCase();

/**
 * @param {import("./outbox.js").OutboxFile} file
 * @param {string} address of its bytes in this page; empty if they are gone
 * @returns {File}
 */
export function fromUnsent({ id, name, type, kind, size, alt, width, height, seconds, waveform, isVoice }, address) {
  return { fileId: id, name, type, kind, size, address, alt, ...(width && height && { width, height }), seconds, waveform, isVoice };
}

/** @typedef {{ kind: "pictures", files: File[] } | { kind: Exclude<FileKind, "picture">, files: [File] }} FileGroup */

/**
 * The files of a message as they are drawn: pictures that follow each other share a grid.
 * @param {File[]} files
 * @returns {FileGroup[]}
 */
export function groupsOf(files) {
  /** @type {FileGroup[]} */
  const groups = [];
  for (const file of files) {
    const last = groups.at(-1);
    // A browser may record a sound in a container for videos.
    if (file.isVoice) groups.push({ kind: "audio", files: [file] });
    else if (file.kind !== "picture") groups.push({ kind: file.kind, files: [file] });
    else if (last?.kind === "pictures") last.files.push(file);
    else groups.push({ kind: "pictures", files: [file] });
  }
  return groups;
}

/** How many pictures a grid shows. On the last one stands how many more there are. */
export const GRID_PICTURES = 4;

/** The width of a grid, and the largest size of a picture of its own. */
const WIDEST_PIXELS = 360;
const HIGHEST_PIXELS = 360;
const NARROWEST_PIXELS = 120;
const LOWEST_PIXELS = 80;
/** For pictures and videos whose size is not known. */
const UNKNOWN = { width: 320, height: 240 };

/**
 * The size of a single picture or video before anything of it is loaded. What is very long or very small is cut, or has
 * an edge, rather than being too small to be touched.
 * @param {{ width?: number, height?: number }} file
 * @returns {Box}
 */
export function boxOf({ width = 0, height = 0 }) {
  const size = width > 0 && height > 0 ? { width, height } : UNKNOWN;
  const scale = Math.min(1, WIDEST_PIXELS / size.width, HIGHEST_PIXELS / size.height);
  const among = (/** @type {number} */ lowest, /** @type {number} */ value, /** @type {number} */ highest) => Math.round(Math.min(highest, Math.max(lowest, value)));
  return { width: among(NARROWEST_PIXELS, size.width * scale, WIDEST_PIXELS), height: among(LOWEST_PIXELS, size.height * scale, HIGHEST_PIXELS) };
}

/** @type {Record<number, number>} */
const GRID_RATIOS = { 2: 2, 3: 1.5 };

/** @param {number} count of pictures in a grid, from 2 on @returns {Box} of the grid */
export const gridBoxOf = (count) => ({ width: WIDEST_PIXELS, height: Math.round(WIDEST_PIXELS / (GRID_RATIOS[count] ?? 1)) });

/**
 * @param {{ previews?: Box[] }} file
 * @param {number} pixels how wide it is drawn, in pixels of the screen
 * @returns {number} the number of the smallest preview that is sharp; -1 without previews
 */
export function previewFor({ previews = [] }, pixels) {
  const found = previews.findIndex(({ width }) => width >= pixels);
  return found === -1 ? previews.length - 1 : found;
}
