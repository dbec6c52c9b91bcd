/** Text in which bidi controls are shown instead of obeyed. */

import { codePointOf, runsOf } from "../models/bidi.js";
import { say } from "../strings.js";
import { html } from "./html.js";

/** @param {string} text */
export function drawRuns(text) {
  return runsOf(text).map((run) => (run.isControl ? html`<${Control} character=${run.text} />` : run.text));
}

/**
 * The character stays, so that it can be copied. In its own box it reorders no text outside.
 * @param {{ character: string }} props
 */
function Control({ character }) {
  const code = codePointOf(character);
  const label = say.hiddenControl({ code });
  return html`<span class="control" role="img" data-code=${code} aria-label=${label} title=${label}>${character}</span>`;
}
