/** How large a picture or a video is, and how long a sound or a video lasts, as far as this browser can tell. */

import { metadataOf } from "./metadata.js";

/** @typedef {import("../models/outbox.js").OutboxFile} OutboxFile */

/**
 * @param {OutboxFile} file
 * @returns {Promise<Partial<Pick<OutboxFile, "width" | "height" | "seconds">>>} nothing for what the browser cannot read
 */
export async function measure({ kind, blob }) {
  if (!blob) return {};
  if (kind === "picture") return sizeOfPicture(blob);
  return kind === "video" || kind === "audio" ? measureMedia(blob, kind) : {};
}

/** @param {Blob} blob */
async function sizeOfPicture(blob) {
  try {
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    return {};
  }
}

/**
 * @param {Blob} blob
 * @param {"video" | "audio"} kind
 */
async function measureMedia(blob, kind) {
  const address = URL.createObjectURL(blob);
  const found = await metadataOf(kind, address);
  URL.revokeObjectURL(address);
  return found;
}
