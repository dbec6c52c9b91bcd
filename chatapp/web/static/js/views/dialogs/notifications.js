/** Notifications: why none would come now, a test, what they say, how they sound, and which devices have them. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api.js";
import { canMute } from "./conversationmenu.js";
import { isQuiet } from "../../models/quiethours.js";
import { momentInWords } from "../../models/time.js";
import { canNotify, isBlocked } from "../../notifications.js";
import { takeSettings } from "../../ownchanges.js";
import { changeSettings } from "../../personalapi.js";
import { prefer, preferences } from "../../preferences.js";
import { canPush, fetchPush, isWanted, sendTest, subscribeIfWanted } from "../../push.js";
import { SOUNDS, trySound } from "../../sounds.js";
import { conversations, dialog, ownSettings } from "../../store.js";
import { failureSentence, listOf, say } from "../../strings.js";
import { hasWorker } from "../../workerregistration.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { nameOfDevice } from "./account/sessions.js";
import { Refused, useAction } from "./action.js";
import { DoNotDisturb } from "./donotdisturb.js";
import { NotificationsSwitch, SoundSwitch } from "./notificationswitches.js";
import { Switch } from "./switch.js";

/** @typedef {import("../../push.js").Push} Push */

export function NotificationsDialog() {
  const push = useSignal(/** @type {Push | null} */ (null));
  const load = async () => {
    // The browser may have been asked, or a switch moved, since the page tried.
    await subscribeIfWanted();
    push.value = await fetchPush().catch(() => null);
  };
  const isOn = isWanted();
  const hours = ownSettings.value.doNotDisturb;
  useEffect(() => void load(), [isOn, hours]);
  return html`<${Dialog} title=${say.notificationsTitle} onBack=${() => (dialog.value = "settings")}>
    <${Reasons} push=${push.value} />
    <${Test} onSent=${load} />
    <${NotificationsSwitch} />
    <${Content} />
    <${SoundSwitch} />
    ${preferences.value.hasSound && html`<${SoundChoice} />`}
    <${DoNotDisturb} />
    <${Devices} push=${push.value} />
  <//>`;
}

/** @param {{ push: Push | null }} props */
function Reasons({ push }) {
  const reasons = reasonsFor(push);
  const about = reasons.length > 0 ? say.notifyNever : say.notifyAlways;
  return html`<section class="reasons" aria-live="polite">
    <p class="reasons-about"><${Icon} name=${reasons.length > 0 ? "muted" : "bell"} /><b>${about}</b></p>
    <ul>${reasons.map((reason) => html`<li key=${reason}>${reason}</li>`)}</ul>
    ${exceptions().map((exception) => html`<p key=${exception} class="state-hint">${exception}</p>`)}
    <p class="state-hint">${say.notifyWhich}</p>
  </section>`;
}

/** Why no notification would come now, on this device. @param {Push | null} push what the server knows; null if it is out of reach */
function reasonsFor(push) {
  const reasons = [];
  if (!canNotify()) reasons.push(say.notificationsMissing);
  else if (isBlocked()) reasons.push(say.notificationsBlocked);
  else if (!preferences.value.hasNotifications) reasons.push(say.reasonOff);
  else if (Notification.permission !== "granted") reasons.push(say.reasonNotAsked);
  else if (!canPush() || !hasWorker()) reasons.push(say.reasonOnlyOpen);
  else if (push?.reasons.includes("not_subscribed")) reasons.push(say.reasonNotSubscribed);
  if (push?.reasons.includes("failing")) reasons.push(say.reasonFailing);
  if (isQuiet(ownSettings.value.doNotDisturb)) reasons.push(say.reasonQuiet);
  return reasons;
}

/** What I have chosen for single conversations. */
function exceptions() {
  const chosen = [...conversations.value.values()].filter(canMute);
  const named = (/** @type {string} */ level) => chosen.filter(({ preferences: { level: own } }) => own === level).map(titleOf);
  const [muted, mentions, all] = ["none", "mentions", "all"].map(named);
  return [
    ...(muted.length > 0 ? [say.notifyMuted({ names: listOf(muted) })] : []),
    ...(mentions.length > 0 ? [say.notifyMentions({ names: listOf(mentions) })] : []),
    ...(all.length > 0 ? [say.notifyAll({ names: listOf(all) })] : []),
  ];
}

/** @param {{ onSent: () => void }} props */
function Test({ onSent }) {
  const isBusy = useSignal(false);
  const outcome = useSignal("");
  const send = async () => {
    isBusy.value = true;
    outcome.value = "";
    outcome.value = await sentenceOfTest();
    isBusy.value = false;
    onSent();
  };
  return html`<div class="push-test">
    <button type="button" class="button" disabled=${isBusy.value} onClick=${send}>${say.notifyTest}</button>
    <p role="status">${outcome.value}</p>
  </div>`;
}

async function sentenceOfTest() {
  try {
    return say.notifyTested[await sendTest()];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.code === "not_found" ? say.notifyTested.none : failureSentence(error.code, say.groupChangeFailed);
  }
}

function Content() {
  const action = useAction();
  const change = (/** @type {boolean} */ showsContent) => action.run(async () => takeSettings(await changeSettings({ showsContent })));
  return html`<div>
    <${Switch} label=${say.showsContent} hint=${say.showsContentHint} isOn=${ownSettings.value.showsContent} onChange=${change} />
    <${Refused} action=${action} />
  </div>`;
}

function SoundChoice() {
  const choose = (/** @type {import("../../sounds.js").Sound} */ sound) => {
    prefer({ sound });
    trySound(sound);
  };
  return html`<fieldset class="choices">
    <legend>${say.soundWhich}</legend>
    <div class="segments">${SOUNDS.map(
      (sound) => html`<label key=${sound}>
        <input type="radio" name="sound" value=${sound} checked=${preferences.value.sound === sound} onChange=${() => choose(sound)} /><span>${say.sounds[sound]}</span>
      </label>`,
    )}</div>
  </fieldset>`;
}

/** @param {{ push: Push | null }} props */
function Devices({ push }) {
  if (!push || push.subscriptions.length === 0) return null;
  return html`<section>
    <h3>${say.notifyDevices}</h3>
    <ul class="push-devices">${push.subscriptions.map((one) => html`<${Device} key=${one.createdAt} device=${one} />`)}</ul>
  </section>`;
}

/** @param {{ device: import("../../push.js").Subscription }} props */
function Device({ device: { device, createdAt, succeededAt, current } }) {
  const used = succeededAt ? say.notifyUsed({ when: momentInWords(succeededAt) }) : say.notifyUnused({ when: momentInWords(createdAt) });
  return html`<li><b><bdi>${nameOfDevice(device)}</bdi></b>${current && html` <span class="state-hint">${say.sessionHere}</span>`}<br /><small>${used}</small></li>`;
}
