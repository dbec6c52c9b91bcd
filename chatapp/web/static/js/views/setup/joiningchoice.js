/** Who may join: people with an invitation, everybody, or nobody. */

import { settings } from "../../config.js";
import { say } from "../../strings.js";
import { html } from "../html.js";

/** @typedef {"invite" | "open" | "closed"} Joining */

/** @param {{ joining: import("@preact/signals").Signal<Joining> }} props */
export function JoiningChoice({ joining }) {
  if (settings.isJoiningFixed) return html`<p>${say.setupJoiningFixed}</p>`;
  return html`<fieldset class="options">
    <legend>${say.setupJoining}</legend>
    ${/** @type {Joining[]} */ (["invite", "open", "closed"]).map(
      (one) => html`<label key=${one} class="option">
        <input type="radio" id=${`joining-${one}`} name="joining" value=${one} checked=${joining.value === one} onChange=${() => (joining.value = one)} />
        <span><b>${say.joiningChoices[one]}</b><small>${say.joiningHints[one]}</small></span>
      </label>`,
    )}
  </fieldset>`;
}
