/** The messages that the server finds while the user types in the palette. A newer search cancels the older one. */

import { signal } from "@preact/signals";
import { ApiError } from "../../api.js";
import { searchMessages } from "../../searchapi.js";
import { failureSentence, say } from "../../strings.js";

/**
 * @typedef {import("../../protocol.js").Hit} Hit
 * @typedef {"newest" | "relevance"} Order
 * @typedef {object} Found
 * @property {"idle" | "loading" | "ready" | "failed"} status
 * @property {Hit[]} hits
 * @property {string | null} cursor leads to the next page
 * @property {string} sentence why there is no result
 */

const PAUSE_MILLISECONDS = 180;

/** @type {Found} */
const NOTHING = { status: "idle", hits: [], cursor: null, sentence: "" };

export function paletteSearch() {
  const found = signal(NOTHING);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let running = new AbortController();

  const stop = () => {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
  };

  /**
   * @param {string} text
   * @param {Order} order
   * @param {Hit[]} before the pages that are there already
   * @param {string | null} cursor
   */
  const fetchPage = async (text, order, before, cursor) => {
    const { signal: cancelled } = running;
    found.value = { ...found.peek(), status: "loading" };
    try {
      const page = await searchMessages(text, order, cursor, cancelled);
      if (!cancelled.aborted) found.value = { status: "ready", hits: [...before, ...page.hits], cursor: page.cursor, sentence: "" };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!cancelled.aborted) found.value = { ...NOTHING, status: "failed", sentence: sentenceFor(error.code) };
    }
  };

  return {
    found,
    /** @param {string} text @param {Order} order */
    search(text, order) {
      stop();
      if (!isWorthASearch(text)) found.value = NOTHING;
      else timer = setTimeout(() => fetchPage(text, order, [], null), PAUSE_MILLISECONDS);
    },
    /** @param {string} text @param {Order} order */
    more(text, order) {
      const { hits, cursor, status } = found.peek();
      if (cursor && status === "ready") fetchPage(text, order, hits, cursor);
    },
    stop,
  };
}

/** One letter of an alphabet finds too much; one Chinese character is a word. @param {string} text */
function isWorthASearch(text) {
  const [first = "", ...rest] = text.trim();
  return first > "\u007f" || rest.length > 0;
}

/** @param {string} code of the error */
function sentenceFor(code) {
  const sentences = /** @type {Record<string, string>} */ (say.searchErrors);
  return sentences[code] ?? failureSentence(code, say.searchFailed);
}
