/** A QR code, drawn from the modules that the server computes. */

import { html } from "../html.js";

/** Light modules around the code, without which scanners do not find it. */
const MARGIN = 4;

/** @param {{ rows: string[], label: string }} props */
export function QrCode({ rows, label }) {
  const size = rows.length + 2 * MARGIN;
  const dark = rows.flatMap((row, y) => [...row].map((module, x) => (module === "1" ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : "")));
  return html`<svg class="qr-code" role="img" aria-label=${label} viewBox=${`0 0 ${size} ${size}`} width="200" height="200" shape-rendering="crispEdges">
    <path fill="#fff" d=${`M0 0h${size}v${size}h-${size}z`} /><path fill="#000" d=${dark.join("")} />
  </svg>`;
}
