/** A modal dialog: the browser's own, which keeps the focus inside and gives it back. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../strings.js";
import { dialog } from "../store.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

export const closeDialog = () => (dialog.value = null);

/** @param {{ title: string, onBack?: (() => void) | null, children?: any }} props `onBack` leads to the page before, where there is one */
export function Dialog({ title, onBack, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    return () => opener instanceof HTMLElement && opener.isConnected && opener.focus();
  }, []);
  return html`<dialog ref=${element} class="dialog" aria-labelledby="dialog-title" onClose=${closeDialog} onClick=${closeOnBackdrop}>
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

/** @param {MouseEvent} event */
function closeOnBackdrop(event) {
  if (event.target === event.currentTarget) closeDialog();
}
