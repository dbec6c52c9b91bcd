/** A spoiler: hidden until somebody wants to see it. */

import { useState } from "preact/hooks";
import { say } from "../strings.js";
import { html } from "../views/html.js";

/** @param {{ children?: any }} props */
export function Spoiler({ children }) {
  const [isShown, setShown] = useState(false);
  if (isShown) return html`<span class="spoiler spoiler-shown" tabIndex=${-1}>${children}</span>`;
  const show = (/** @type {Event} */ event) => {
    event.preventDefault();
    // The keys and clicks of the message around it do something else.
    event.stopPropagation();
    setShown(true);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => (event.key === "Enter" || event.key === " ") && show(event);
  return html`<span class="spoiler" role="button" tabIndex=${0} aria-label=${say.spoiler} title=${say.spoiler} onClick=${show} onKeyDown=${onKeyDown}>
    <span class="spoiler-text">${children}</span>
  </span>`;
}
