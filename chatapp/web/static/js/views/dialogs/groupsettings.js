/** The settings of a group: as sentences for everybody, and as switches for those who may change them. */

import { call, changeGroup } from "../../api.js";
import { may } from "../../models/permissions.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { RetentionField, RetentionQuestion, retentionSentence, useRetention } from "./retention.js";
import { Switch } from "./switch.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {import("../../protocol.js").Details} Details
 * @typedef {import("./groupdetails.js").GoTo} GoTo
 */

/** @param {{ conversation: Conversation, goTo: GoTo }} props */
export function SettingsFacts({ conversation, goTo }) {
  return html`<section class="details-facts" aria-labelledby="details-facts">
    <header class="details-bar">
      <h3 id="details-facts">${say.groupFacts}</h3>
      ${may(conversation.role, "changeDetails") && html`<button type="button" class="button" data-page="settings" onClick=${() => goTo("settings")}><${Icon} name="sliders" size=${18} />${say.groupSettingsChange}</button>`}
    </header>
    <ul>${sentencesOf(conversation).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>
  </section>`;
}

/** @param {Details} details */
function sentencesOf({ isPublic, writers, pinners, sharesHistory, retentionDays }) {
  return [
    isPublic ? say.isPublicYes : say.isPublicNo,
    writers === "admins" ? say.writersAdmins : say.writersEverybody,
    pinners === "admins" ? say.pinnersAdmins : say.pinnersEverybody,
    sharesHistory ? say.sharesHistoryYes : say.sharesHistoryNo,
    retentionSentence({ retentionDays }),
  ];
}

/** @param {{ conversation: Conversation }} props */
export function SettingsPage({ conversation: { receiver, role, isPublic, writers, pinners, sharesHistory, retentionDays } }) {
  const action = useAction();
  const retention = useRetention({
    days: retentionDays,
    preview: (days) => call("GET", `/group/${receiver}/retention?days=${days}`),
    save: (days) => changeGroup(receiver, { retentionDays: days }),
  });
  if (retention.asked.value) return html`<${RetentionQuestion} asked=${retention.asked.value} retention=${retention} isOneGroup />`;
  const change = (/** @type {Partial<Details>} */ details) => action.run(() => changeGroup(receiver, details));
  const audience = (/** @type {boolean} */ isOn) => (isOn ? "admins" : "everybody");
  const publicHint = `${say.isPublicHint} ${sharesHistory ? say.isPublicHistory : say.isPublicNoHistory}`;
  return html`<div class="form">
    <${Switch} label=${say.isPublic} hint=${publicHint} isOn=${isPublic} onChange=${(/** @type {boolean} */ isOn) => change({ isPublic: isOn })} />
    <${Switch} label=${say.sharesHistory} hint=${say.sharesHistoryHint} isOn=${sharesHistory} onChange=${(/** @type {boolean} */ isOn) => change({ sharesHistory: isOn })} />
    <${Switch} label=${say.announcements} hint=${say.announcementsHint} isOn=${writers === "admins"} onChange=${(/** @type {boolean} */ isOn) => change({ writers: audience(isOn) })} />
    <${Switch} label=${say.pinning} hint=${say.pinningHint} isOn=${pinners === "admins"} onChange=${(/** @type {boolean} */ isOn) => change({ pinners: audience(isOn) })} />
    <${Refused} action=${action} />
    ${may(role, "setRetention") && html`<${RetentionField} retention=${retention} hint=${say.retentionHint} />`}
  </div>`;
}
