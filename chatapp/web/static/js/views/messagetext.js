/** The text of a message. Every part of it becomes a text node, never markup. */

import { useMemo, useState } from "preact/hooks";
import { beginningOf } from "../models/richtext.js";
import { renderer } from "../renderer.js";
import { direction, say } from "../strings.js";
import { html } from "./html.js";
import { drawRuns } from "./runs.js";

/** @param {{ content: string, mentions?: import("../protocol.js").Mention[], children?: any }} props */
export function MessageText({ content, mentions, children }) {
  const [isWhole, setWhole] = useState(false);
  const beginning = useMemo(() => beginningOf(content), [content]);
  const shown = isWhole || beginning === null ? content : beginning;
  return html`<div class="text" dir="auto">
    <${Rendered} content=${shown} whole=${content} mentions=${mentions}>
      ${beginning !== null && html`<button type="button" class="link text-more" dir=${direction()} aria-expanded=${isWhole} onClick=${() => setWhole(!isWhole)}>${isWhole ? say.showLess : say.showAll}</button>`}
      ${children}
    <//>
  </div>`;
}

/** @param {{ content: string, whole: string, mentions?: import("../protocol.js").Mention[], children?: any }} props */
function Rendered({ content, whole, mentions, children }) {
  const loaded = renderer.value;
  if (!loaded || loaded === "failed") return html`${drawRuns(content)}${children}`;
  return html`<${loaded.Markdown} content=${content} whole=${whole} mentions=${mentions}>${children}<//>`;
}
