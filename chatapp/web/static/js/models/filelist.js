/** The files of a conversation: those that a gallery shows, in which order, and under which month they stand. */

/** @typedef {import("../protocol.js").ListedFile} ListedFile */

/** @param {ListedFile} listed @returns {boolean} */
export const isForGallery = ({ file: { kind, isVoice } }) => (kind === "picture" || kind === "video") && !isVoice;

/**
 * The oldest first, each once, as they are in the conversation.
 * @param {ListedFile[]} known
 * @param {ListedFile[]} more
 * @returns {ListedFile[]}
 */
export function inOrder(known, more) {
  const byId = new Map([...known, ...more].map((listed) => [listed.file.fileId, listed]));
  return [...byId.values()].sort((a, b) => a.sequence - b.sequence || numberOf(a) - numberOf(b));
}

/** @param {ListedFile} listed */
const numberOf = ({ file: { fileId } }) => Number(/-(\d+)$/u.exec(fileId)?.[1] ?? 0);

/**
 * @param {ListedFile[]} files
 * @returns {{ month: string, files: ListedFile[] }[]} in the same order; `month` is such as "2026-03", of the local calendar
 */
export function byMonth(files) {
  /** @type {{ month: string, files: ListedFile[] }[]} */
  const months = [];
  for (const listed of files) {
    const month = monthOf(listed.timestamp);
    if (months.at(-1)?.month === month) months.at(-1)?.files.push(listed);
    else months.push({ month, files: [listed] });
  }
  return months;
}

/** @param {string} timestamp */
function monthOf(timestamp) {
  const moment = new Date(timestamp);
  return `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, "0")}`;
}
