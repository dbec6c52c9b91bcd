/** The text of a message. Every part of it becomes a text node, never markup. */

import { useMemo, useState } from "preact/hooks";
import { codePointOf, runsOf } from "../models/bidi.js";
import { beginningOf, partsOf } from "../models/richtext.js";
import { DIRECTION, say } from "../strings.js";
import { html } from "./html.js";

/** @typedef {import("../models/richtext.js").Part} Part */

/** @param {{ content: string, children?: any }} props */
export function MessageText({ content, children }) {
  const [isWhole, setWhole] = useState(false);
  const beginning = useMemo(() => beginningOf(content), [content]);
  const shown = isWhole || beginning === null ? content : beginning;
  const parts = useMemo(() => partsOf(shown), [shown]);
  return html`<div class="text" dir="auto">
    ${parts.map(drawPart)}
    ${beginning !== null && html`<button type="button" class="link text-more" dir=${DIRECTION} aria-expanded=${isWhole} onClick=${() => setWhole(!isWhole)}>${isWhole ? say.showLess : say.showAll}</button>`}
    ${children}
  </div>`;
}

/** Addresses and code run from left to right, whatever is around them. @param {Part} part */
function drawPart(part) {
  if (part.type === "link") return html`<a href=${part.href} dir="ltr" target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`;
  if (part.type === "code") return html`<code dir="ltr">${drawRuns(part.text)}</code>`;
  if (part.type === "block") return html`<pre dir="ltr" tabIndex=${0}><code>${drawRuns(part.text)}</code></pre>`;
  return drawRuns(part.text);
}

/** @param {string} text */
function drawRuns(text) {
  return runsOf(text).map((run) => (run.isControl ? html`<${Control} character=${run.text} />` : run.text));
}

/**
 * The character stays, so that it can be copied. In its own box it reorders no text outside.
 * @param {{ character: string }} props
 */
function Control({ character }) {
  const code = codePointOf(character);
  const label = say.hiddenControl(code);
  return html`<span class="control" role="img" data-code=${code} aria-label=${label} title=${label}>${character}</span>`;
}
