/** All that can be done with a message. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { copyText } from "../../clipboard.js";
import { edit, replyTo } from "../../composing.js";
import { fetchOrigin } from "./laterapi.js";
import { notify, togglePin, toggleReaction } from "../../messageactions.js";
import { withoutControls } from "../../models/bidi.js";
import { isSameEmoji } from "../../models/emoji.js";
import { mayDelete, mayPin } from "../../models/permissions.js";
import { mayClose } from "../../polls/model.js";
import { closePoll } from "../../polls/actions.js";
import { markUnreadFrom } from "../../personal.js";
import { recentEmoji } from "../../recentemoji.js";
import { addressOfMessage, goToMessage } from "../../router.js";
import { say } from "../../strings.js";
import { conversationOf, dialog, me, nameOf, saved } from "../../store.js";
import { Dialog, closeDialog } from "../dialog.js";
import { addressOf } from "../files/addresses.js";
import { html } from "../html.js";
import { Summary } from "../summary.js";
import { Icon } from "../icons.js";
import { attempt } from "./conversationmenu.js";
import { useChosenMessage } from "./chosenmessage.js";
import { toggleSaved } from "./saving.js";
import { openThread } from "./threads.js";

/** @typedef {import("../../protocol.js").Message} Message */

export function MessageMenuDialog() {
  const { key, message, near } = useChosenMessage();
  if (!message) return html`<${Dialog} title=${say.messageTitle}><p class="state-hint">${say.messageMissing}</p><//>`;
  const then = (/** @type {() => void} */ action) => () => {
    closeDialog();
    action();
  };
  return html`<${Dialog} title=${say.messageTitle} near=${near} look="menu">
    <p class="menu-message"><b><bdi>${nameOf(message.sender)}</bdi></b> <bdi><${Summary} message=${message} /></bdi></p>
    <div class="menu-emoji" role="group" aria-label=${say.react}>
      ${recentEmoji().map((emoji) => html`<button type="button" key=${emoji} class="emoji-button" aria-label=${emoji} aria-pressed=${isMine(message, emoji)} onClick=${then(() => toggleReaction(message, emoji))}>${emoji}</button>`)}
      <button type="button" class="icon-button" aria-label=${say.emojiTitle} title=${say.emojiTitle} onClick=${() => (dialog.value = "emoji")}><${Icon} name="plus" /></button>
    </div>
    <ul class="menu-list">
      <${Item} icon="reply" text=${say.reply} onClick=${then(() => replyTo(key, message))} />
      ${!conversationOf(key).threadOf && html`<${Item} icon="thread" text=${say.replyInThread} onClick=${then(() => openThread(message))} />`}
      <${Item} icon="forward" text=${say.forward} onClick=${() => (dialog.value = "forward")} />
      <${Item} icon="bookmark" text=${saved.value.get(message.messageId)?.saved ? say.unsave : say.saveMessage} onClick=${then(() => toggleSaved(message))} />
      ${message.forwarded && html`<${Original} message=${message} />`}
      ${message.sender === me.value && !message.poll && !message.forwarded && html`<${Item} icon="pencil" text=${say.edit} onClick=${then(() => edit(key, message))} />`}
      ${mayPin(conversationOf(key)) && html`<${Item} icon="pin" text=${message.pinnedAt ? say.unpin : say.pin} onClick=${then(() => togglePin(message))} />`}
      ${message.content && html`<${Item} icon="copy" text=${say.copyText} onClick=${then(() => copy(message.content))} />`}
      ${(message.files ?? []).map((file) => html`<${DownloadItem} key=${file.fileId} file=${file} text=${message.files?.length === 1 ? say.download : say.downloadNamed({ name: file.name })} />`)}
      <${Item} icon="link" text=${say.copyLink} onClick=${then(() => copy(new URL(addressOfMessage(message.messageId), location.href).href))} />
      ${message.sender !== me.value && html`<${Item} icon="unread" text=${say.markUnreadHere} onClick=${then(() => markFrom(key, message.sequence))} />`}
      ${mayClose(message, conversationOf(key), me.value) && html`<${Item} icon="check" text=${say.pollClose} onClick=${then(() => closePoll(message))} />`}
      ${message.reactions && html`<${Item} icon="smile" text=${say.whoReacted} onClick=${() => (dialog.value = "reactors")} />`}
      ${message.editedAt && html`<${Item} icon="history" text=${say.versionsTitle} onClick=${() => (dialog.value = "versions")} />`}
      ${message.sender !== me.value && html`<${Item} icon="warning" text=${say.report} onClick=${() => (dialog.value = "reportMessage")} />`}
      ${mayDelete(message, conversationOf(key), me.value) && html`<${Item} icon="trash" text=${say.deleteMessage} danger onClick=${() => (dialog.value = "deleteMessage")} />`}
    </ul>
  <//>`;
}

/** @param {{ icon: import("../icons.js").IconName, text: string, danger?: boolean, onClick: () => void }} props */
function Item({ icon, text, danger, onClick }) {
  return html`<li><button type="button" class=${danger ? "menu-item menu-danger" : "menu-item"} onClick=${onClick}><${Icon} name=${icon} />${text}</button></li>`;
}

/** @param {{ file: import("../../protocol.js").File, text: string }} props */
function DownloadItem({ file, text }) {
  return html`<li><a class="menu-item" href=${addressOf(file)} download=${withoutControls(file.name)} onClick=${closeDialog}><${Icon} name="download" />${text}</a></li>`;
}

/** Leads to the original of a forwarded message, for those who may see it. @param {{ message: Message }} props */
function Original({ message }) {
  const original = useSignal("");
  useEffect(() => void fetchOrigin(message.messageId).then((found) => (original.value = found)), []);
  const show = () => {
    closeDialog();
    goToMessage(original.peek());
  };
  return original.value && html`<${Item} icon="link" text=${say.showOriginal} onClick=${show} />`;
}

/**
 * @param {Message} message
 * @param {string} emoji
 */
function isMine(message, emoji) {
  return message.reactions?.some((one) => isSameEmoji(one.emoji, emoji) && one.mine) ?? false;
}

/**
 * @param {string} key
 * @param {number} sequence
 */
async function markFrom(key, sequence) {
  const problem = await attempt(() => markUnreadFrom(key, sequence));
  if (problem) notify(problem);
}

/** @param {string} text */
async function copy(text) {
  notify((await copyText(text)) ? say.copied : say.copyFailed);
}
