/** How large a picture or a video is, and how long a sound or a video lasts, as far as this browser can tell. */

/** @typedef {import("../models/outbox.js").OutboxFile} OutboxFile */

const PATIENCE_MILLISECONDS = 10_000;

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
 * @returns {Promise<{ width?: number, height?: number, seconds?: number }>}
 */
async function measureMedia(blob, kind) {
  const address = URL.createObjectURL(blob);
  const media = /** @type {HTMLVideoElement} */ (document.createElement(kind));
  try {
    await loaded(media, address);
    const size = media.videoWidth > 0 ? { width: media.videoWidth, height: media.videoHeight } : {};
    return Number.isFinite(media.duration) ? { ...size, seconds: media.duration } : size;
  } catch {
    return {};
  } finally {
    media.removeAttribute("src");
    media.load();
    URL.revokeObjectURL(address);
  }
}

/**
 * @param {HTMLMediaElement} media
 * @param {string} address
 */
function loaded(media, address) {
  return new Promise((resolve, reject) => {
    media.preload = "metadata";
    media.onloadedmetadata = resolve;
    media.onerror = reject;
    setTimeout(reject, PATIENCE_MILLISECONDS);
    media.src = address;
  });
}
