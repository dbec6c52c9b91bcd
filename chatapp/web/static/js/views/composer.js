/** The message field. Its text is a draft until it is sent, and survives a reload. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { editLast, endPurpose, fieldId, purposes, saveEdit, writeEdit } from "../composing.js";
import { endDraft, writeDraft } from "../drafts.js";
import { endTray, isAttaching, trayOf } from "../files/trays.js";
import { continueLine } from "../models/formatting.js";
import { bytesLeft, contentOf, isBlank } from "../models/text.js";
import { goToLatest } from "../passages.js";
import { prefer, preferences } from "../preferences.js";
import { CONTENT_BYTES_MAX } from "../protocol.js";
import { say } from "../strings.js";
import { send } from "../sending.js";
import { drafts, nameOf } from "../store.js";
import { endTyping, tellTyping } from "../typing.js";
import { applyEdit, fieldOf } from "./editing.js";
import { FORMATS, PREVIEW, isKeyOf } from "./formats.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { MessageText } from "./messagetext.js";
import { parts } from "./opendialog.js";
import { noticePasteKey, onPaste } from "./pastefield.js";
import { Summary } from "./summary.js";
import { Toolbar } from "./toolbar.js";

/** @typedef {import("./formats.js").Format} Format */

const WARN_BYTES = 2_000;
const HEIGHT_MAX_PIXELS = 220;

/** @param {{ id: string, name: string }} props */
export function Composer({ id, name }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [isPreviewed, setPreviewed] = useState(false);
  const { purpose, isEdit, text, write, files, isEmpty } = useMessage(id);
  const left = bytesLeft(contentOf(text));
  const canSend = !isEmpty && left >= 0 && (isEdit || !isAttaching(id));
  const later = parts.value;
  const VoiceBar = later?.isRecordingIn(id) ? later.VoiceBar : null;
  const hasToolbar = preferences.value.hasToolbar ?? isWide();
  useLayoutEffect(() => fit(field.current), [text]);

  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!canSend) return;
    field.current?.focus();
    setPreviewed(false);
    if (purpose?.kind === "edit") saveEdit(id, purpose.message, sentText(text));
    else sendNew(id, text, purpose?.message, files);
  };
  const format = (/** @type {Format} */ { edit }) => field.current && applyEdit(field.current, edit(fieldOf(field.current)));
  const paste = (/** @type {ClipboardEvent} */ event) => (!isEdit && later?.pasteFiles(event, id)) || onPaste(event);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    noticePasteKey(event);
    if (event.key === "Enter") return later?.isForLater(event, id, canSend && !isEdit) || (event.shiftKey || prefersNewline() ? startLine(event) : submit(event));
    if (event.key === "Escape" && purpose) return leavePurpose(event, id);
    if (event.key === "ArrowUp" && text === "" && !purpose && editLast(id)) return event.preventDefault();
    return pressFormat(event, format, () => setPreviewed(!isPreviewed));
  };

  return html`<form class="composer" onSubmit=${submit}>
    ${later && html`<${later.ScheduledLine} id=${id} />`}<${BytesLeft} left=${left} />
    ${purpose && html`<${PurposeView} id=${id} purpose=${purpose} />`}${isPreviewed && html`<${Preview} text=${text} />`}
    ${hasToolbar && !VoiceBar && html`<${Toolbar} id=${id} isPreviewed=${isPreviewed} onFormat=${format} onPreview=${() => setPreviewed(!isPreviewed)} />`}
    ${later && field.current && text.includes("@") && html`<${later.MentionList} key=${id} id=${id} field=${field.current} text=${text} />`}${later && !isEdit && html`<${later.FileTray} id=${id} />`}
    ${VoiceBar ? html`<${VoiceBar} id=${id} />` : html`<div class="composer-row">
      <${FormattingButton} hasToolbar=${hasToolbar} />
      ${later && !isEdit && html`<${later.AttachButton} id=${id} />`}
      <textarea id=${fieldId(id)} ref=${field} rows="1" dir="auto" value=${text} aria-label=${say.composerLabel({ name })} aria-describedby=${`${fieldId(id)}-hint`}
        placeholder=${say.composerPlaceholder({ name })} enterkeyhint="send" autocomplete="off"
        onInput=${(/** @type {any} */ event) => write(event.target.value)} onKeyDown=${onKeyDown} onPaste=${paste}></textarea>
      ${canSend && !isEdit && later && html`<${later.SendLaterButton} id=${id} />`}
      ${isEmpty && !isEdit && later && html`<${later.VoiceButton} id=${id} />`}
      <${SendButton} isEdit=${isEdit} canSend=${canSend} />
    </div>`}
    <p id=${`${fieldId(id)}-hint`} class="composer-hint">${VoiceBar ? "" : isEdit ? say.editHint : say.composerHint}</p>
  </form>`;
}

/**
 * @param {string} id
 * @param {string} text
 * @param {import("../protocol.js").Message | undefined} answered
 * @param {import("../models/outbox.js").OutboxFile[]} files
 */
function sendNew(id, text, answered, files) {
  send(id, sentText(text), answered, files);
  endTray(id);
  endPurpose(id);
  endDraft(id);
  endTyping();
  goToLatest(id);
}

/**
 * @param {KeyboardEvent} event
 * @param {(format: Format) => void} format
 * @param {() => void} preview
 */
function pressFormat(event, format, preview) {
  const { selectionStart, selectionEnd } = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  const wanted = FORMATS.find((one) => isKeyOf(event, one) && !(one.needsSelection && selectionStart === selectionEnd));
  if (!wanted && !isKeyOf(event, PREVIEW)) return;
  event.preventDefault();
  if (wanted) format(wanted);
  else preview();
}

/** In a list, a quote or a block of code a new line begins like the one before. @param {KeyboardEvent} event */
function startLine(event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  const edit = continueLine(fieldOf(field));
  if (!edit) return;
  event.preventDefault();
  applyEdit(field, edit);
}

/** The message as it will be sent. @param {{ text: string }} props */
function Preview({ text }) {
  return html`<section class="composer-preview" aria-label=${say.formats.preview} tabIndex=${0}>
    ${isBlank(text) ? html`<p class="composer-preview-empty">${say.previewEmpty}</p>` : html`<${MessageText} content=${contentOf(text)} />`}
  </section>`;
}

/** A phone has no room for the buttons until somebody opens them. */
function isWide() {
  return matchMedia("(width >= 720px)").matches;
}

/** @param {{ hasToolbar: boolean }} props */
function FormattingButton({ hasToolbar }) {
  return html`<button type="button" class="icon-button" aria-label=${say.formatting} title=${say.formatting} aria-expanded=${hasToolbar} onClick=${() => prefer({ hasToolbar: !hasToolbar })}><${Icon} name="letters" size=${22} /></button>`;
}

/** @param {{ isEdit: boolean, canSend: boolean }} props */
function SendButton({ isEdit, canSend }) {
  const label = isEdit ? say.editSave : say.send;
  return html`<button class="send" aria-label=${label} title=${label} aria-disabled=${!canSend}><${Icon} name=${isEdit ? "check" : "send"} size=${22} /></button>`;
}

/** The text of a message that may have files alone. @param {string} text */
const sentText = (text) => (isBlank(text) ? "" : contentOf(text));

/** What is being written: a draft with its files, or the new text of a message. @param {string} id */
function useMessage(id) {
  const purpose = purposes.value.get(id) ?? null;
  const isEdit = purpose?.kind === "edit";
  const write = (/** @type {string} */ text) => {
    if (isEdit) return writeEdit(id, text);
    writeDraft(id, text);
    if (!isBlank(text)) tellTyping(id);
    return undefined;
  };
  const text = isEdit ? purpose.text : (drafts.value.get(id) ?? "");
  const files = isEdit ? [] : trayOf(id);
  const isEmpty = isBlank(text) && files.length === 0 && !(isEdit && purpose.message.files?.length);
  return { purpose, isEdit, text, write, files, isEmpty };
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
    <span class="purpose-text"><b>${kind === "edit" ? say.editing : say.answering({ name: nameOf(message.sender) })}</b> <bdi><${Summary} message=${message} /></bdi></span>
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
  return left < 0 ? html`<p class="problem" role="alert">${say.tooLong({ count: -left, most: CONTENT_BYTES_MAX })}</p>` : html`<p class="composer-left" role="status">${say.bytesLeft({ count: left })}</p>`;
}

/** Makes the field as high as its text, up to a limit. @param {HTMLTextAreaElement | null} field */
function fit(field) {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, HEIGHT_MAX_PIXELS)}px`;
}
