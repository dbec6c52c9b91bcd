/** My preferences for a conversation, in its details: which messages notify, and whether I block the other person. */

import { isChosenByDefault } from "../../models/notifying.js";
import { isMuted } from "../../models/personal.js";
import { block, isBlocked, setLevel } from "../../personal.js";
import { say } from "../../strings.js";
import { canMute } from "./conversationmenu.js";
import { html } from "../html.js";
import { Refused, useAction } from "./action.js";
import { Switch } from "./switch.js";

/** @param {{ conversation: import("../../models/conversation.js").Conversation }} props */
export function OwnPreferences({ conversation }) {
  const action = useAction();
  if (!canMute(conversation)) return null;
  const { key, preferences: { level } } = conversation;
  const choose = (/** @type {import("../../protocol.js").Level} */ wanted) => (/** @type {boolean} */ isOn) => action.run(() => setLevel(key, isOn ? wanted : "default"));
  return html`<div class="form">
    <${Switch} label=${say.muteSwitch} hint=${say.muteHint} isOn=${isMuted(conversation)} onChange=${choose("none")} />
    ${isChosenByDefault(conversation) && html`<${Switch} label=${say.allMessages} hint=${say.allMessagesHint} isOn=${level === "all"} onChange=${choose("all")} />`}
    <${Switch} label=${say.onlyMentions} hint=${say.onlyMentionsHint} isOn=${level === "mentions"} onChange=${choose("mentions")} />
    ${!conversation.group && html`<${Switch} label=${say.blockSwitch({ name: conversation.name })} hint=${say.blockHint} isOn=${isBlocked(conversation.receiver)} onChange=${(/** @type {boolean} */ isOn) => action.run(() => block(conversation.receiver, isOn))} />`}
    <${Refused} action=${action} />
  </div>`;
}
