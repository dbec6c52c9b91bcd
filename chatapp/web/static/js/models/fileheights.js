/** How high the files of a message are before they have been drawn, so that a long history has about its real height. */

import { boxOf, gridBoxOf, groupsOf } from "./files.js";

/** As in files.css. @type {Record<string, number>} */
const HEIGHTS_PIXELS = { audio: 116, voice: 72, text: 92, other: 60, pdf: 60 };
const PAGE_PIXELS = 206;
const GAP_PIXELS = 6;

const BUBBLE_WIDEST_PIXELS = 640;
const BUBBLE_PART = 0.85;
/** The padding of the list and of the bubble. */
const AROUND_PIXELS = 72;

/**
 * @param {any[]} files of a message, or of one that is not sent
 * @param {number} width of the list of messages, in CSS pixels
 * @returns {number} CSS pixels
 */
export function heightOf(files, width) {
  const room = Math.min(BUBBLE_WIDEST_PIXELS, (width - AROUND_PIXELS) * BUBBLE_PART);
  return groupsOf(files).reduce((sum, group) => sum + GAP_PIXELS + heightOfGroup(group, room), 0);
}

/**
 * @param {import("./files.js").FileGroup} group
 * @param {number} room
 */
function heightOfGroup({ kind, files }, room) {
  const [file] = files;
  if (kind === "pictures") return within(files.length === 1 ? boxOf(file) : gridBoxOf(files.length), room);
  if (kind === "video") return within(boxOf(file), room);
  if (kind === "audio") return HEIGHTS_PIXELS[file.isVoice ? "voice" : "audio"];
  return HEIGHTS_PIXELS[kind] + (kind === "pdf" && file.previews?.length ? PAGE_PIXELS : 0);
}

/**
 * @param {import("./files.js").Box} box
 * @param {number} room for its width
 */
const within = ({ width, height }, room) => height * Math.min(1, room / width);
