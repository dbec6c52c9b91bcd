/** What I show others, in the settings, and so what I see of them; and whether links show what they lead to. */

import { settings } from "../../config.js";
import { changeSettings } from "../../personalapi.js";
import { takeSettings } from "../../ownchanges.js";
import { ownSettings } from "../../store.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Refused, useAction } from "./action.js";
import { Switch } from "./switch.js";

/** @typedef {"sharesReads" | "sharesLastSeen" | "sharesTyping" | "showsPreviews"} Name */

export function Sharing() {
  return html`
    <${Share} name="sharesReads" label=${say.sharesReads} hint=${say.sharesReadsHint} />
    <${Share} name="sharesLastSeen" label=${say.sharesLastSeen} hint=${say.sharesLastSeenHint} />
    <${Share} name="sharesTyping" label=${say.sharesTyping} hint=${say.sharesTypingHint} />
    ${settings.hasPreviews && html`<${Share} name="showsPreviews" label=${say.linkPreviews} hint=${say.linkPreviewsHint} />`}`;
}

/** @param {{ name: Name, label: string, hint: string }} props */
function Share({ name, label, hint }) {
  const action = useAction();
  const change = (/** @type {boolean} */ isOn) => action.run(async () => takeSettings(await changeSettings({ [name]: isOn })));
  return html`<div>
    <${Switch} label=${label} hint=${hint} isOn=${ownSettings.value[name]} onChange=${change} />
    <${Refused} action=${action} />
  </div>`;
}
