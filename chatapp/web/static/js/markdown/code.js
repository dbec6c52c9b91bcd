/** A block of code: coloured when its language is known, and copied by a button. */

import { useEffect, useState } from "preact/hooks";
import { copyText } from "../clipboard.js";
import { say } from "../strings.js";
import { announcement } from "../store.js";
import { html } from "../views/html.js";
import { Icon } from "../views/icons.js";
import { drawRuns } from "../views/runs.js";
import { highlighted, loadHighlighter } from "./highlight.js";

/** @typedef {import("./highlight.js").Piece} Piece */

const COPIED_MILLISECONDS = 2_000;

/** @param {{ text: string, language: string }} props */
export function CodeBlock({ text, language }) {
  useEffect(() => void (language && loadHighlighter()), [language]);
  const pieces = highlighted(text, language);
  return html`<div class="code-block">
    <pre dir="ltr" tabIndex=${0} data-language=${language || undefined}><code>${pieces ? pieces.map(drawPiece) : drawRuns(text)}</code></pre>
    <${CopyButton} text=${text} />
  </div>`;
}

/** @param {Piece} piece */
function drawPiece({ kind, text }) {
  return kind ? html`<span class=${`hl-${kind}`}>${drawRuns(text)}</span>` : drawRuns(text);
}

/** @param {{ text: string }} props */
function CopyButton({ text }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    announcement.value = say.copied;
  };
  const label = isCopied ? say.copied : say.codeCopy;
  return html`<button type="button" class="icon-button icon-button-small code-copy" aria-label=${label} title=${label} onClick=${copy}><${Icon} name=${isCopied ? "check" : "copy"} size=${16} /></button>`;
}
