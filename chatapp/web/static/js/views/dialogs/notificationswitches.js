/** The switches of this browser's sound and notifications. */

import { useSignal } from "@preact/signals";
import { ApiError } from "../../api.js";
import { askToNotify, canNotify, isBlocked } from "../../notifications.js";
import { prefer, preferences } from "../../preferences.js";
import { canPush, unsubscribe } from "../../push.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Switch } from "./switch.js";

export function SoundSwitch() {
  const change = (/** @type {boolean} */ hasSound) => prefer({ hasSound });
  return html`<${Switch} label=${say.sound} hint=${say.soundHint} isOn=${preferences.value.hasSound} onChange=${change} />`;
}

export function NotificationsSwitch() {
  const isRefused = useSignal(isBlocked());
  const offered = canPush() ? say.notificationsHint : say.notificationsOpenHint;
  const hint = !canNotify() ? say.notificationsMissing : isRefused.value ? say.notificationsBlocked : offered;
  const change = async (/** @type {boolean} */ isWanted) => {
    const isAllowed = isWanted && (await askToNotify());
    isRefused.value = isBlocked();
    prefer({ hasNotifications: isAllowed });
    if (!isAllowed) await unsubscribe().catch(ignoreRefusal);
  };
  const isOn = preferences.value.hasNotifications && !isRefused.value;
  return html`<${Switch} label=${say.notifications} hint=${hint} isOn=${isOn} isDisabled=${!canNotify() || isRefused.value} onChange=${change} />`;
}

/** A subscription that the browser has ended is dropped by the server when it is used. @param {unknown} error */
function ignoreRefusal(error) {
  if (!(error instanceof ApiError)) throw error;
}
