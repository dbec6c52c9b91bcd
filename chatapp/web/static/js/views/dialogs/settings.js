/** The settings of this browser: appearance, sound, notifications. */

import { useSignal } from "@preact/signals";
import { askToNotify, canNotify, isBlocked } from "../../notifications.js";
import { prefer, preferences } from "../../preferences.js";
import { say } from "../../strings.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { LanguageChoice } from "../languagechoice.js";
import { DoNotDisturb } from "./donotdisturb.js";
import { OwnLists } from "./ownlists.js";
import { Sharing } from "./sharing.js";
import { Switch } from "./switch.js";

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
    <${Switch} label=${say.sound} hint=${say.soundHint} isOn=${preferences.value.hasSound} onChange=${(/** @type {boolean} */ hasSound) => prefer({ hasSound })} />
    <${Notifications} />
    <${DoNotDisturb} />
    <${Sharing} />
    <${OwnLists} />
  <//>`;
}

function Notifications() {
  const isRefused = useSignal(isBlocked());
  const hint = !canNotify() ? say.notificationsMissing : isRefused.value ? say.notificationsBlocked : say.notificationsHint;
  const change = async (/** @type {boolean} */ isWanted) => {
    const isAllowed = isWanted && (await askToNotify());
    isRefused.value = isBlocked();
    prefer({ hasNotifications: isAllowed });
  };
  const isOn = preferences.value.hasNotifications && !isRefused.value;
  return html`<${Switch} label=${say.notifications} hint=${hint} isOn=${isOn} isDisabled=${!canNotify() || isRefused.value} onChange=${change} />`;
}
