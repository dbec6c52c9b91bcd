/** The files of a conversation, page by page. */

import { signal } from "@preact/signals";
import { ApiError } from "../../../api.js";
import { fetchFiles } from "../../../fileapi.js";
import { parseKey } from "../../../models/keys.js";

/**
 * @typedef {import("../../../protocol.js").ListedFile} ListedFile
 * @typedef {{ files: ListedFile[], more: boolean, status: "loading" | "ready" | "failed" }} Pages newest first
 */

/**
 * @param {string} key of the conversation
 * @param {import("../../../protocol.js").FileChoice} kind
 */
export function filePages(key, kind) {
  const { receiver, group } = parseKey(key);
  const pages = signal(/** @type {Pages} */ ({ files: [], more: true, status: "ready" }));
  /** @returns {Promise<boolean>} whether another page may follow */
  const load = async () => {
    const { files, more, status } = pages.peek();
    if (!more || status === "loading") return false;
    pages.value = { files, more, status: "loading" };
    try {
      const page = await fetchFiles(receiver, group, kind, files.at(-1)?.file.fileId);
      pages.value = { files: [...files, ...page.files], more: page.more, status: "ready" };
      return page.more;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      pages.value = { files, more, status: "failed" };
      return false;
    }
  };
  return { pages, load };
}
