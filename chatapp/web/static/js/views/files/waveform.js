/** How loud a voice message is over its time, and what of it has been played. */

import { LOUDEST } from "../../voice/waveform.js";
import { html } from "../html.js";

const BARS = 48;
const PITCH = 4;
const BAR_WIDTH = 2.4;
const HEIGHT = 32;
const LOWEST = 3;

/** @param {{ values: number[] | null, at: number }} props loudness from 0 to 100, or null for a line; `at`: the part that has been played */
export function Waveform({ values, at }) {
  if (values === null) return html`<span class="timeline-line" aria-hidden="true"><i style=${{ width: `${at * 100}%` }}></i><b style=${{ insetInlineStart: `${at * 100}%` }}></b></span>`;
  const bars = barsOf(values);
  return html`<svg class="waveform" viewBox=${`0 0 ${BARS * PITCH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
    ${bars.map((value, index) => {
      const height = Math.max(LOWEST, (value / LOUDEST) * HEIGHT);
      return html`<rect key=${index} class=${(index + 0.5) / BARS <= at ? "wave wave-played" : "wave"} x=${index * PITCH} y=${(HEIGHT - height) / 2} width=${BAR_WIDTH} height=${height} rx="1.2" />`;
    })}
  </svg>`;
}

/**
 * As many bars for every recording: each is the loudest value in its part.
 * @param {number[]} values
 */
function barsOf(values) {
  if (values.length === 0) return Array.from({ length: BARS }, () => 0);
  return Array.from({ length: BARS }, (_, bar) => {
    const start = Math.floor((bar * values.length) / BARS);
    const end = Math.max(start + 1, Math.floor(((bar + 1) * values.length) / BARS));
    return Math.min(LOUDEST, Math.max(0, ...values.slice(start, end)));
  });
}
