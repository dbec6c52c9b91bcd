/** The states of a region without content: loading, empty, failed. */

import { say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @param {{ title: string, hint?: string, children?: any }} props */
export function Empty({ title, hint, children }) {
  return html`<div class="state">
    <p class="state-title">${title}</p>
    ${hint && html`<p class="state-hint">${hint}</p>`}
    ${children}
  </div>`;
}

/** @param {{ sentence: string, onRetry: () => void }} props */
export function Failed({ sentence, onRetry }) {
  return html`<div class="state state-failed" role="alert">
    <${Icon} name="warning" size=${24} />
    <p class="state-title">${sentence}</p>
    <button type="button" class="button" onClick=${onRetry}>${say.retry}</button>
  </div>`;
}

/** @param {{ label: string, rows?: number }} props */
export function Skeleton({ label, rows = 7 }) {
  return html`<div class="skeleton" role="status" aria-label=${label}>
    ${Array.from({ length: rows }, (_, index) => html`<span class="skeleton-row" key=${index}><i></i><b></b></span>`)}
  </div>`;
}

/** Placeholder bubbles of both sides, from the bottom up like messages. @param {{ label: string }} props */
export function MessagesSkeleton({ label }) {
  return html`<div class="skeleton skeleton-messages" role="status" aria-label=${label}>
    ${Array.from({ length: 8 }, (_, index) => html`<i key=${index}></i>`)}
  </div>`;
}
