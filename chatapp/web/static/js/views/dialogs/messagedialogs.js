/** Dialogs about a message: its versions, who reacted to it, and deleting it. */

import { useSignal } from "@preact/signals";
import { remove } from "../../messageactions.js";
import { fetchReactors, fetchVersions } from "../../messageapi.js";
import { fullMoment } from "../../models/time.js";
import { numberText, say } from "../../strings.js";
import { me, nameOf } from "../../store.js";
import { Avatar } from "../avatar.js";
import { Dialog, closeDialog } from "../dialog.js";
import { html } from "../html.js";
import { Summary } from "../summary.js";
import { MessageText } from "../messagetext.js";
import { useChosenMessage } from "./chosenmessage.js";
import { Fetched } from "./fetched.js";

/** @typedef {import("../../protocol.js").Message} Message */

export function VersionsDialog() {
  const { message } = useChosenMessage();
  return html`<${Dialog} title=${say.versionsTitle}>${message && html`<${Versions} key=${message.changedRevision} message=${message} />`}<//>`;
}

/** @param {{ message: Message }} props */
function Versions({ message }) {
  return html`<${Fetched} fetch=${() => fetchVersions(message.messageId)} failed=${say.versionsFailed}
    draw=${(/** @type {import("../../protocol.js").Version[]} */ versions) => html`<ol class="versions">
      ${versions.toReversed().map(({ content, writtenAt }, index) => html`<li key=${writtenAt}>
        <p class="state-hint"><time dateTime=${writtenAt}>${fullMoment(writtenAt)}</time>${index === 0 && ` · ${say.versionNow}`}</p>
        <${MessageText} content=${content} />
      </li>`)}
    </ol>`} />`;
}

export function ReactorsDialog() {
  const { message } = useChosenMessage();
  return html`<${Dialog} title=${say.whoReacted}>${message && html`<${Reactors} key=${message.changedRevision} message=${message} />`}<//>`;
}

/** @param {{ message: Message }} props */
function Reactors({ message }) {
  return html`<${Fetched} fetch=${() => fetchReactors(message.messageId)} failed=${say.whoReactedFailed}
    draw=${(/** @type {Record<string, string[]>} */ found) => Object.entries(found).map(
      ([emoji, usernames]) => html`<section key=${emoji} class="reactors">
        <h3>${emoji} <small>${numberText(usernames.length)}</small></h3>
        <ul>${usernames.map((username) => html`<li key=${username}><${Avatar} id=${username} name=${nameOf(username)} size="small" /><bdi>${username === me.value ? say.you : nameOf(username)}</bdi></li>`)}</ul>
      </section>`,
    )} />`;
}

export function DeleteMessageDialog() {
  const { message } = useChosenMessage();
  const isBusy = useSignal(false);
  const confirm = async () => {
    if (isBusy.peek() || !message) return;
    isBusy.value = true;
    await remove(message);
    closeDialog();
  };
  return html`<${Dialog} title=${say.deleteMessageTitle}>
    ${message && html`<p class="menu-message"><b><bdi>${nameOf(message.sender)}</bdi></b> <bdi><${Summary} message=${message} /></bdi></p>`}
    <p>${say.deleteMessageHint}</p>
    <div class="dialog-foot">
      <button type="button" class="button" onClick=${closeDialog}>${say.cancel}</button>
      <button type="button" class="button button-main button-bad" aria-disabled=${isBusy.value || !message} onClick=${confirm}>${say.deleteMessage}</button>
    </div>
  <//>`;
}
