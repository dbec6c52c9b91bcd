/** The beginning of a text file, fetched when somebody asks for it. All of it is drawn as text, whatever it holds. */

import { useState } from "preact/hooks";
import { ApiError } from "../../api.js";
import { fetchBeginning } from "../../fileapi.js";
import { withoutControls } from "../../models/bidi.js";
import { BEGINNING_BYTES, beginningLines, languageOf } from "../../models/textfiles.js";
import { renderer } from "../../renderer.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { drawRuns } from "../runs.js";
import { FileCard } from "./card.js";

/** @typedef {import("../../models/files.js").File} File */

/** @param {{ file: File, onOpen?: (file: File) => void }} props */
export function TextFile({ file, onOpen }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const [state, setState] = useState(/** @type {"closed" | "loading" | "open" | "failed"} */ ("closed"));
  const toggle = async () => {
    if (state === "open") return setState("closed");
    setState(text === null ? "loading" : "open");
    if (text !== null) return undefined;
    try {
      setText(await fetchBeginning(file.fileId, BEGINNING_BYTES));
      return setState("open");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return setState("failed");
    }
  };
  const isOpen = state === "open";
  return html`<${FileCard} file=${file}>
    ${isOpen && text !== null && html`<${TextContent} text=${beginningLines(text)} name=${file.name} />`}
    ${state === "failed" && html`<p class="file-problem" role="alert">${say.textFileFailed}</p>`}
    ${file.address === undefined && html`<div class="file-foot">
      <button type="button" class="link" aria-expanded=${isOpen} aria-busy=${state === "loading"} onClick=${toggle}>${isOpen ? say.textFileHide : say.textFileShow}</button>
      ${isOpen && onOpen && html`<button type="button" class="link" aria-haspopup="dialog" onClick=${() => onOpen(file)}>${say.textFileWhole}</button>`}
    </div>`}
  <//>`;
}

/** @param {{ text: string, name: string }} props */
export function TextContent({ text, name }) {
  const language = languageOf(name);
  const loaded = renderer.value;
  if (language && loaded && loaded !== "failed") return html`<div class="file-text"><${loaded.CodeBlock} text=${text} language=${language} /></div>`;
  return html`<pre class="file-text file-text-plain" dir="auto" tabIndex=${0} role="group" aria-label=${withoutControls(name)}>${drawRuns(text)}</pre>`;
}
