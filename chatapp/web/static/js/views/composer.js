/** The message field. Its text is a draft until it is sent, and survives a reload. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { endDraft, writeDraft } from "../drafts.js";
import { bytesLeft, contentOf, isBlank } from "../models/text.js";
import { say } from "../strings.js";
import { send } from "../sending.js";
import { drafts, jumps } from "../store.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

const WARN_BYTES = 2_000;
const HEIGHT_MAX_PIXELS = 220;

/** @param {{ id: string, name: string }} props */
export function Composer({ id, name }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const text = drafts.value.get(id) ?? "";
  const left = bytesLeft(contentOf(text));
  const canSend = !isBlank(text) && left >= 0;
  useLayoutEffect(() => fit(field.current), [text]);

  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!canSend) return;
    send(id, contentOf(text));
    endDraft(id);
    jumps.value += 1;
    field.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.shiftKey && !prefersNewline()) submit(event);
  };

  return html`<form class="composer" onSubmit=${submit}>
    <${BytesLeft} left=${left} />
    <div class="composer-row">
      <textarea id="composer" ref=${field} rows="1" dir="auto" value=${text} aria-label=${say.composerLabel(name)} aria-describedby="composer-hint"
        placeholder=${say.composerPlaceholder(name)} enterkeyhint="send" autocomplete="off"
        onInput=${(/** @type {any} */ event) => writeDraft(id, event.target.value)} onKeyDown=${onKeyDown}></textarea>
      <button class="send" aria-label=${say.send} title=${say.send} aria-disabled=${!canSend}><${Icon} name="send" size=${22} /></button>
    </div>
    <p id="composer-hint" class="composer-hint">${say.composerHint}</p>
  </form>`;
}

/** An on-screen keyboard has no Shift to hold. There, Enter starts a new line and the button sends. */
function prefersNewline() {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

/** @param {{ left: number }} props */
function BytesLeft({ left }) {
  if (left > WARN_BYTES) return null;
  return left < 0 ? html`<p class="problem" role="alert">${say.tooLong(-left)}</p>` : html`<p class="composer-left" role="status">${say.bytesLeft(left)}</p>`;
}

/** Makes the field as high as its text, up to a limit. @param {HTMLTextAreaElement | null} field */
function fit(field) {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, HEIGHT_MAX_PIXELS)}px`;
}
