/** Where the page finds a file: on the server, or in this page while its message is not sent. */

import { useEffect, useMemo } from "preact/hooks";
import { addressOfPreview, addressOfSentFile } from "../../config.js";
import { previewFor } from "../../models/files.js";

/** @typedef {import("../../models/files.js").File} File */

/** @param {File} file @returns {string} of the bytes as they were sent */
export const addressOf = ({ address, fileId }) => address ?? addressOfSentFile(fileId);

/**
 * What an `<img>` loads: the preview that is sharp on this screen, or the file itself where there is none.
 * @param {File} file
 * @param {number} pixels how wide it is drawn, in CSS pixels
 * @returns {{ src: string, srcset?: string, sizes?: string }}
 */
export function sourcesOf(file, pixels) {
  const { address, fileId, previews = [] } = file;
  if (address !== undefined || previews.length === 0) return { src: addressOf(file) };
  return {
    src: addressOfPreview(fileId, previewFor(file, pixels)),
    srcset: previews.map(({ width }, number) => `${addressOfPreview(fileId, number)} ${width}w`).join(", "),
    sizes: `${Math.ceil(pixels)}px`,
  };
}

/**
 * @param {(Blob | null)[]} blobs
 * @returns {string[]} addresses that are valid while the component is drawn; empty ones for what is gone
 */
export function useBlobAddresses(blobs) {
  const addresses = useMemo(() => blobs.map((blob) => (blob ? URL.createObjectURL(blob) : "")), blobs);
  useEffect(() => () => addresses.filter(Boolean).forEach((address) => URL.revokeObjectURL(address)), [addresses]);
  return addresses;
}
