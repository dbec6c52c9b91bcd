/** The calls for files of messages. Their bytes are mostly loaded by elements of the page. */

import { ApiError, call, send } from "./api.js";
import { addressOfSentFile, settings } from "./config.js";

const PAGE_FILES = 50;

/**
 * @param {string} receiver
 * @param {boolean} group
 * @param {import("./protocol.js").FileChoice} kind
 * @param {string} [before] a fileId
 * @returns {Promise<import("./protocol.js").FilePage>} newest first
 */
export function fetchFiles(receiver, group, kind, before) {
  const query = new URLSearchParams({ group: group ? "yes" : "no", kind, limit: String(PAGE_FILES), ...(before !== undefined && { before }) });
  return call("GET", `/files/${encodeURIComponent(receiver)}?${query}`);
}

/**
 * @param {string} fileId of a text
 * @param {number} bytes how many of them, from its beginning
 * @returns {Promise<string>} without a character that the last byte cuts
 */
export async function fetchBeginning(fileId, bytes) {
  const path = addressOfSentFile(fileId).slice(settings.apiPrefix.length);
  const response = await send("GET", path, undefined, undefined, { Accept: "*/*", Range: `bytes=0-${bytes - 1}` });
  if (!response.ok) throw new ApiError(response.status, "file_not_found", "");
  return textOf(new Uint8Array(await response.arrayBuffer()).subarray(0, bytes));
}

/** Without a mark at its beginning it is UTF-8. @param {Uint8Array} bytes */
function textOf(bytes) {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes, { stream: true });
}
