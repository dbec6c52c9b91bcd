/** Says when the connection or the browser's storage is gone, and what happens to unsent messages. */

import { useEffect, useState } from "preact/hooks";
import { retryNow } from "../connection.js";
import { say } from "../strings.js";
import { canKeep, connection } from "../store.js";
import { html } from "./html.js";

/** A short outage, as at the restart of a proxy, is not reported. */
const PATIENCE_MILLISECONDS = 700;

export function Banner() {
  const status = connection.value;
  const isCut = useLasting(status === "lost" || status === "offline");
  const isForgetful = useLasting(!canKeep.value);
  return html`<div class="banner-place" role="status">
    ${isCut && html`<div class="banner">
      <span class="spinner" aria-hidden="true"></span>
      <span>${status === "offline" ? say.connectionOffline : say.connectionLost}</span>
      <button type="button" class="link" onClick=${retryNow}>${say.connectionTryNow}</button>
    </div>`}
    ${isForgetful && html`<p class="banner-quiet">${say.storageMissing}</p>`}
  </div>`;
}

/**
 * @param {boolean} isBad
 * @returns {boolean} whether it is bad and has been for some time
 */
function useLasting(isBad) {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    if (!isBad) return void setDue(false);
    const timer = setTimeout(() => setDue(true), PATIENCE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isBad]);
  return isBad && isDue;
}
