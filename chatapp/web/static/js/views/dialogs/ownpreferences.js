/** My preferences for a conversation, in its details: muted or not. */

import { isMuted } from "../../models/personal.js";
import { setMuted } from "../../personal.js";
import { say } from "../../strings.js";
import { canMute } from "../conversationmenu.js";
import { html } from "../html.js";
import { Refused, useAction } from "./action.js";
import { Switch } from "./switch.js";

/** @param {{ conversation: import("../../models/conversation.js").Conversation }} props */
export function OwnPreferences({ conversation }) {
  const action = useAction();
  if (!canMute(conversation)) return null;
  const change = (/** @type {boolean} */ isOn) => action.run(() => setMuted(conversation.key, isOn));
  return html`<div>
    <${Switch} label=${say.muteSwitch} hint=${say.muteHint} isOn=${isMuted(conversation)} onChange=${change} />
    <${Refused} action=${action} />
  </div>`;
}
