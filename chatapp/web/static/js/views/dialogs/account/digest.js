/** How often an e-mail tells me of what I have missed. */

import { takeSettings } from "../../../ownchanges.js";
import { changeSettings } from "../../../personalapi.js";
import { ownSettings } from "../../../store.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Refused, useAction } from "../action.js";

/** @typedef {import("../../../protocol.js").Settings["digest"]} Digest */

const CHOICES = /** @type {const} */ (["off", "hourly", "daily"]);

export function DigestChoice() {
  const action = useAction();
  const choose = (/** @type {Digest} */ digest) => action.run(async () => takeSettings(await changeSettings({ digest })));
  return html`<fieldset class="choices">
    <legend>${say.digest}</legend>
    <p class="note">${say.digestNote}</p>
    <div class="segments">${CHOICES.map(
      (digest) => html`<label key=${digest}>
        <input type="radio" name="digest" value=${digest} checked=${ownSettings.value.digest === digest} onChange=${() => choose(digest)} /><span>${say.digests[digest]}</span>
      </label>`,
    )}</div>
    <${Refused} action=${action} />
  </fieldset>`;
}
