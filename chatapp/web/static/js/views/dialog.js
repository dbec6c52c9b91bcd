/** A modal dialog: the browser's own, which keeps the focus inside and gives it back. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../strings.js";
import { dialog } from "../store.js";
import { classes, html } from "./html.js";
import { Icon } from "./icons.js";

export const closeDialog = () => (dialog.value = null);

/**
 * @param {object} props
 * @param {string} props.title
 * @param {(() => void) | null} [props.onBack] leads to the page before, where there is one
 * @param {DOMRect | null} [props.near] what the dialog is placed beside, where there is room
 * @param {string} [props.look] a further class
 * @param {any} [props.children]
 */
export function Dialog({ title, onBack, near, look, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const shown = element.current;
    shown?.showModal();
    if (near && shown && matchMedia("(width >= 720px)").matches) placeBeside(shown, near);
    return () => {
      // Nothing outside can be focused while the dialog is open.
      shown?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return html`<dialog ref=${element} class=${classes("dialog", look && `dialog-${look}`)} aria-labelledby="dialog-title" onCancel=${closeOnEscape} onClose=${(/** @type {Event} */ event) => isOpen(event) && closeDialog()} onClick=${closeOnBackdrop}>
    <div class="dialog-body">
      <header class="dialog-head">
        ${onBack && html`<button type="button" class="icon-button dialog-back" aria-label=${say.dialogBack} title=${say.dialogBack} onClick=${onBack}><${Icon} name="back" /></button>`}
        <h2 id="dialog-title" tabIndex=${-1}>${title}</h2>
        <button type="button" class="icon-button" aria-label=${say.close} title=${say.close} onClick=${closeDialog}><${Icon} name="close" /></button>
      </header>
      ${children}
    </div>
  </dialog>`;
}

/** The event of closing comes later, and the keys of the page would do nothing until then. @param {Event} event */
function closeOnEscape(event) {
  // A file field tells in the same way that no file was chosen.
  if (event.target === event.currentTarget) closeDialog();
}

/** @param {MouseEvent} event */
function closeOnBackdrop(event) {
  if (event.target === event.currentTarget) closeDialog();
}

const GAP_PIXELS = 8;

/**
 * Below the element if it fits there, else above it, else at the edge of the window.
 * @param {HTMLElement} element
 * @param {DOMRect} near
 */
function placeBeside(element, near) {
  const { width, height } = element.getBoundingClientRect();
  const below = near.bottom + GAP_PIXELS;
  const top = below + height + GAP_PIXELS <= innerHeight ? below : near.top - GAP_PIXELS - height;
  const left = near.left + width + GAP_PIXELS <= innerWidth ? near.left : near.right - width;
  // Relative to the window, which may become smaller, as the content may become longer. In a narrow window the style
  // sheet leaves the place out.
  element.dataset.beside = "";
  element.style.setProperty("--gap", `${GAP_PIXELS}px`);
  element.style.setProperty("--top", `clamp(0px, ${Math.max(GAP_PIXELS, top)}px, 100dvh - ${height + GAP_PIXELS}px)`);
  element.style.setProperty("--left", `clamp(0px, ${Math.max(GAP_PIXELS, left)}px, 100vw - ${width + GAP_PIXELS}px)`);
}

/** The event comes late. A dialog that has been replaced by another one must not close it. @param {Event} event */
function isOpen(event) {
  return event.currentTarget instanceof HTMLElement && event.currentTarget.isConnected;
}
