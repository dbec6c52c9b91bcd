/** The settings of this browser: appearance, sound, notifications. */

import { prefer, preferences } from "../../preferences.js";
import { say } from "../../strings.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { LanguageChoice } from "../languagechoice.js";
import { DoNotDisturb } from "./donotdisturb.js";
import { NotificationsSwitch, SoundSwitch } from "./notificationswitches.js";
import { OwnLists } from "./ownlists.js";
import { Sharing } from "./sharing.js";

/** @typedef {import("../../preferences.js").Theme} Theme */

/** @type {Theme[]} */
const THEMES = ["system", "light", "dark"];

export function SettingsDialog() {
  return html`<${Dialog} title=${say.settingsTitle}>
    <fieldset class="choices">
      <legend>${say.theme}</legend>
      <div class="segments">${THEMES.map(
        (value) => html`<label key=${value}>
          <input type="radio" name="theme" value=${value} checked=${preferences.value.theme === value} onChange=${() => prefer({ theme: value })} /><span>${say.themes[value]}</span>
        </label>`,
      )}</div>
    </fieldset>
    <${LanguageChoice} />
    <${SoundSwitch} />
    <${NotificationsSwitch} />
    <${DoNotDisturb} />
    <${Sharing} />
    <${OwnLists} />
  <//>`;
}
