/** The message field. Its text is a draft until it is sent, and survives a reload. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { editLast, endPurpose, purposes, saveEdit, writeEdit } from "../composing.js";
import { endDraft, writeDraft } from "../drafts.js";
import { previewOf } from "../models/richtext.js";
import { bytesLeft, contentOf, isBlank } from "../models/text.js";
import { say } from "../strings.js";
import { send } from "../sending.js";
import { drafts, jumps, nameOf } from "../store.js";
import { endTyping, tellTyping } from "../typing.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

const WARN_BYTES = 2_000;
const HEIGHT_MAX_PIXELS = 220;

/** @param {{ id: string, name: string }} props */
export function Composer({ id, name }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const purpose = purposes.value.get(id) ?? null;
  const text = purpose?.kind === "edit" ? purpose.text : (drafts.value.get(id) ?? "");
  const left = bytesLeft(contentOf(text));
  const canSend = !isBlank(text) && left >= 0;
  useLayoutEffect(() => fit(field.current), [text]);

  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!canSend) return;
    field.current?.focus();
    if (purpose?.kind === "edit") return void saveEdit(id, purpose.message, contentOf(text));
    send(id, contentOf(text), purpose?.message);
    endPurpose(id);
    endDraft(id);
    endTyping();
    jumps.value += 1;
  };
  const write = (/** @type {string} */ now) => (purpose?.kind === "edit" ? writeEdit(id, now) : writeDraft(id, now));
  const onInput = (/** @type {any} */ event) => {
    write(event.target.value);
    if (purpose?.kind !== "edit" && !isBlank(event.target.value)) tellTyping(id);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.shiftKey && !prefersNewline()) submit(event);
    if (event.key === "Escape" && purpose) leavePurpose(event, id);
    if (event.key === "ArrowUp" && text === "" && !purpose && editLast(id)) event.preventDefault();
  };

  const sendLabel = purpose?.kind === "edit" ? say.editSave : say.send;
  return html`<form class="composer" onSubmit=${submit}>
    <${BytesLeft} left=${left} />
    ${purpose && html`<${PurposeView} id=${id} purpose=${purpose} />`}
    <div class="composer-row">
      <textarea id="composer" ref=${field} rows="1" dir="auto" value=${text} aria-label=${say.composerLabel(name)} aria-describedby="composer-hint"
        placeholder=${say.composerPlaceholder(name)} enterkeyhint="send" autocomplete="off"
        onInput=${onInput} onKeyDown=${onKeyDown}></textarea>
      <button class="send" aria-label=${sendLabel} title=${sendLabel} aria-disabled=${!canSend}><${Icon} name=${purpose?.kind === "edit" ? "check" : "send"} size=${22} /></button>
    </div>
    <p id="composer-hint" class="composer-hint">${purpose?.kind === "edit" ? say.editHint : say.composerHint}</p>
  </form>`;
}

/** The first Escape ends the answer or the edit, the next one leaves the conversation. @param {KeyboardEvent} event @param {string} id */
function leavePurpose(event, id) {
  event.preventDefault();
  event.stopPropagation();
  endPurpose(id);
}

/** @param {{ id: string, purpose: import("../composing.js").Purpose }} props */
function PurposeView({ id, purpose: { kind, message } }) {
  return html`<div class="purpose">
    <${Icon} name=${kind === "edit" ? "pencil" : "reply"} size=${18} />
    <span class="purpose-text"><b>${kind === "edit" ? say.editing : say.answering(nameOf(message.sender))}</b> <bdi>${previewOf(message.content)}</bdi></span>
    <button type="button" class="icon-button" aria-label=${say.cancel} title=${say.cancel} onClick=${() => endPurpose(id)}><${Icon} name="close" size=${18} /></button>
  </div>`;
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
