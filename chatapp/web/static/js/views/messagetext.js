/** The text of a message. Every part of it becomes a text node: nothing that anybody writes is ever markup. */

import { useMemo, useState } from "preact/hooks";
import { beginningOf, partsOf } from "../models/richtext.js";
import { say } from "../strings.js";
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
    ${beginning !== null && html`<button type="button" class="link text-more" aria-expanded=${isWhole} onClick=${() => setWhole(!isWhole)}>${isWhole ? say.showLess : say.showAll}</button>`}
    ${children}
  </div>`;
}

/** @param {Part} part */
function drawPart(part) {
  if (part.type === "link") return html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`;
  if (part.type === "code") return html`<code>${part.text}</code>`;
  if (part.type === "block") return html`<pre tabIndex=${0}><code>${part.text}</code></pre>`;
  return part.text;
}
