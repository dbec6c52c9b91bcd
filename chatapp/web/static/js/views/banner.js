/** Says when the connection is gone, and what happens to what one writes meanwhile. */

import { useEffect, useState } from "preact/hooks";
import { retryNow } from "../connection.js";
import { say } from "../strings.js";
import { connection } from "../store.js";
import { html } from "./html.js";

/** A connection that is back at once, as after a restart of a proxy, is not worth a word. */
const PATIENCE_MILLISECONDS = 700;

export function Banner() {
  const status = connection.value;
  const [isDue, setDue] = useState(false);
  const isBad = status === "lost" || status === "offline";
  useEffect(() => {
    if (!isBad) return void setDue(false);
    const timer = setTimeout(() => setDue(true), PATIENCE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isBad]);
  return html`<div class="banner-place" role="status">${isBad && isDue && html`<div class="banner">
    <span class="spinner" aria-hidden="true"></span>
    <span>${status === "offline" ? say.connectionOffline : say.connectionLost}</span>
    <button type="button" class="link" onClick=${retryNow}>${say.connectionTryNow}</button>
  </div>`}</div>`;
}
