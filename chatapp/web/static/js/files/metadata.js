/** What this browser reads of a sound or a video before it plays any of it. */

const PATIENCE_MILLISECONDS = 10_000;

/** @typedef {{ width?: number, height?: number, seconds?: number }} Metadata without what the browser cannot tell */

/**
 * @param {"video" | "audio"} kind
 * @param {string} address
 * @returns {Promise<Metadata>}
 */
export async function metadataOf(kind, address) {
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
