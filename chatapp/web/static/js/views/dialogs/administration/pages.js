/** A list that the server answers page by page, narrowed by what is looked for. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../../../api.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { Empty, Failed, Skeleton } from "../../states.js";
import { PAGE } from "./api.js";

/** @typedef {ReturnType<typeof usePages>} Pages */

const PAUSE_MILLISECONDS = 250;

/**
 * Waits until the user stops typing; a late answer for an earlier filter is dropped.
 * @param {string} filter
 * @param {(last?: any) => Promise<any[]>} fetchPage the lines that follow the last one, or the first lines
 */
export function usePages(filter, fetchPage) {
  const lines = useSignal(/** @type {any[] | null} */ (null));
  const hasMore = useSignal(false);
  const hasFailed = useSignal(false);
  const current = useRef(filter);
  const load = async (/** @type {any} */ last) => {
    try {
      const page = await fetchPage(last);
      if (current.current !== filter) return;
      lines.value = last ? [...(lines.peek() ?? []), ...page] : page;
      hasMore.value = page.length === PAGE;
      hasFailed.value = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (current.current === filter) hasFailed.value = true;
    }
  };
  useEffect(() => {
    current.current = filter;
    const timer = setTimeout(load, lines.peek() === null ? 0 : PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [filter]);
  return { lines, hasMore, hasFailed, load };
}

/** @param {{ pages: Pages, empty: string, draw: (line: any) => any }} props */
export function Pages({ pages: { lines, hasMore, hasFailed, load }, empty, draw }) {
  if (hasFailed.value) return html`<${Failed} sentence=${say.adminFailed} onRetry=${() => load(undefined)} />`;
  if (!lines.value) return html`<${Skeleton} label=${say.loading} rows=${4} />`;
  return html`
    <div>
      <div role="status">${lines.value.length === 0 && html`<${Empty} title=${empty} />`}</div>
      <ul class="administration-list">${lines.value.map(draw)}</ul>
    </div>
    ${hasMore.value && html`<button type="button" class="button button-quiet" onClick=${() => load(lines.peek()?.at(-1))}>${say.findGroupsMore}</button>`}`;
}

/** @param {{ label: string, text: import("@preact/signals").Signal<string> }} props */
export function Search({ label, text }) {
  return html`<label class="search">
    <${Icon} name="search" size=${18} />
    <input type="search" dir="auto" aria-label=${label} placeholder=${label} value=${text} autocomplete="off" maxlength="100"
      onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} />
  </label>`;
}
