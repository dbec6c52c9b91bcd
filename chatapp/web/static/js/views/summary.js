/** A message in one line, led by a symbol for its first file. */

import { summaryOf, symbolOf } from "../summaries.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @param {{ message: { content: string, files?: import("../summaries.js").Named[] } }} props */
export function Summary({ message }) {
  const symbol = symbolOf(message);
  return html`${symbol && html`<span class="summary-symbol"><${Icon} name=${symbol} size=${15} /></span> `}${summaryOf(message)}`;
}
