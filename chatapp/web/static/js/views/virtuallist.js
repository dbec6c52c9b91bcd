/** A list of rows of equal height, which draws the visible rows only. Arrow keys move through all rows. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

const MARGIN_ROWS = 6;

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.id]
 * @param {any[]} props.rows
 * @param {(row: any) => string} props.keyOf
 * @param {number} props.rowPixels
 * @param {string | null} [props.currentKey] the row that Tab leads to
 * @param {(row: any) => any} props.draw draws one button or link
 */
export function VirtualList({ label, id, rows, keyOf, rowPixels, currentKey = null, draw }) {
  const element = useRef(/** @type {HTMLDivElement | null} */ (null));
  const top = useSignal(0);
  const height = useSignal(600);
  const focusedKey = useSignal(/** @type {string | null} */ (null));
  useResize(element, height);
  useCurrentInSight(element, rows, keyOf, currentKey, rowPixels);

  const first = Math.max(0, Math.floor(top.value / rowPixels) - MARGIN_ROWS);
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / rowPixels) + MARGIN_ROWS);
  const tabKey = tabStop(rows.map(keyOf), focusedKey.value, currentKey);
  const move = (/** @type {KeyboardEvent} */ event) => moveFocus(event, element.current, rows.length, rowPixels);
  const remember = (/** @type {any} */ event) => (focusedKey.value = event.target.closest("li")?.dataset.key ?? null);

  return html`<div class="virtual" id=${id} ref=${element} onScroll=${(/** @type {any} */ event) => (top.value = event.currentTarget.scrollTop)} onKeyDown=${move} onFocusIn=${remember}>
    <ul aria-label=${label} style=${{ height: `${rows.length * rowPixels}px` }}>
      ${rows.slice(first, last).map((row, index) => {
        const at = first + index;
        const key = keyOf(row);
        const style = { transform: `translateY(${at * rowPixels}px)`, height: `${rowPixels}px` };
        return html`<li key=${key} data-key=${key} data-index=${at} data-stop=${key === tabKey ? "" : undefined} style=${style} aria-setsize=${rows.length} aria-posinset=${at + 1}>${draw(row)}</li>`;
      })}
    </ul>
    <${TabStops} element=${element} />
  </div>`;
}

/** One row is in the tab order; the arrow keys reach the others. */
function TabStops(/** @type {{ element: { current: HTMLElement | null } }} */ { element }) {
  useLayoutEffect(() => {
    for (const row of element.current?.querySelectorAll("li") ?? []) {
      const target = /** @type {HTMLElement | null} */ (row.firstElementChild);
      if (target) target.tabIndex = row.dataset.stop === undefined ? -1 : 0;
    }
  });
  return null;
}

/**
 * @param {string[]} keys
 * @param {string | null} focusedKey
 * @param {string | null} currentKey
 */
function tabStop(keys, focusedKey, currentKey) {
  const known = new Set(keys);
  if (focusedKey !== null && known.has(focusedKey)) return focusedKey;
  return currentKey !== null && known.has(currentKey) ? currentKey : keys[0];
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement | null} element
 * @param {number} count
 * @param {number} rowPixels
 */
function moveFocus(event, element, count, rowPixels) {
  const row = /** @type {HTMLElement} */ (event.target).closest("li");
  if (!element || !row || event.altKey || event.ctrlKey || event.metaKey) return;
  const at = Number(row.dataset.index);
  /** @type {Record<string, number>} */
  const targets = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + 8, PageUp: at - 8 };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  focusRow(element, Math.min(count - 1, Math.max(0, target)), rowPixels);
}

/**
 * @param {HTMLElement} element
 * @param {number} at
 * @param {number} rowPixels
 */
function focusRow(element, at, rowPixels) {
  scrollTo(element, at, rowPixels);
  // Updated before the next key, because the browser's scroll event comes with the next frame.
  element.dispatchEvent(new Event("scroll"));
  queueMicrotask(() => {
    const found = element.querySelector(`li[data-index="${at}"]`)?.firstElementChild;
    if (found instanceof HTMLElement) found.focus({ preventScroll: true });
  });
}

/**
 * @param {HTMLElement} element
 * @param {number} at
 * @param {number} rowPixels
 */
function scrollTo(element, at, rowPixels) {
  const top = at * rowPixels;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowPixels > element.scrollTop + element.clientHeight) element.scrollTop = top + rowPixels - element.clientHeight;
}

/**
 * @param {{ current: HTMLElement | null }} element
 * @param {import("@preact/signals").Signal<number>} height
 */
function useResize(element, height) {
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => (height.value = entry.contentRect.height));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
}

/**
 * Scrolls to a row when it becomes the current one. A current row that only moves does not scroll the list.
 * @param {{ current: HTMLElement | null }} element
 * @param {any[]} rows
 * @param {(row: any) => string} keyOf
 * @param {string | null} currentKey
 * @param {number} rowPixels
 */
function useCurrentInSight(element, rows, keyOf, currentKey, rowPixels) {
  const isFilled = rows.length > 0;
  useEffect(() => {
    const at = currentKey === null ? -1 : rows.findIndex((row) => keyOf(row) === currentKey);
    if (element.current && at >= 0) scrollTo(element.current, at, rowPixels);
  }, [currentKey, isFilled]);
}
