/** Who has received and read a message of mine, and when. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api.js";
import { fetchReceipts } from "../../personalapi.js";
import { watermarksOf } from "../../models/conversation.js";
import { momentInWords } from "../../models/time.js";
import { nameOf, openConversation, ownSettings, receiptsOf } from "../../store.js";
import { say } from "../../strings.js";
import { Avatar } from "../avatar.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Failed, Skeleton } from "../states.js";

/**
 * @typedef {import("../../protocol.js").MessageReceipt} MessageReceipt
 * @typedef {import("../../protocol.js").Passed} Passed
 */

export function ReceiptsDialog() {
  const conversation = openConversation.value;
  const message = receiptsOf.value;
  if (!conversation || !message) return null;
  return html`<${Dialog} title=${say.receiptsTitle}><${Receipts} conversation=${conversation} sequence=${message.sequence} /><//>`;
}

/** @param {{ conversation: import("../../models/conversation.js").Conversation, sequence: number }} props */
function Receipts({ conversation, sequence }) {
  const receipts = useSignal(/** @type {MessageReceipt[] | null} */ (null));
  const hasFailed = useSignal(false);
  const load = async () => {
    hasFailed.value = false;
    try {
      receipts.value = await fetchReceipts(conversation.receiver, conversation.group, sequence);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      hasFailed.value = true;
    }
  };
  useEffect(() => void load(), [sequence, watermarksOf(conversation)]);
  if (receipts.value) return html`<${Lists} receipts=${receipts.value} />`;
  if (hasFailed.value) return html`<${Failed} sentence=${say.receiptsFailed} onRetry=${load} />`;
  return html`<${Skeleton} label=${say.loadingReceipts} rows=${3} />`;
}

/** @param {{ receipts: MessageReceipt[] }} props */
function Lists({ receipts }) {
  if (receipts.length === 0) return html`<p class="state-hint">${say.receiptsNobody}</p>`;
  const read = receipts.filter((receipt) => receipt.read);
  const delivered = receipts.filter((receipt) => !receipt.read && receipt.delivered);
  const waiting = receipts.filter((receipt) => !receipt.read && !receipt.delivered);
  return html`
    ${!ownSettings.value.sharesReads && html`<p class="state-hint">${say.receiptsOff}</p>`}
    <${List} title=${say.receiptsRead} receipts=${read} passedOf=${(/** @type {MessageReceipt} */ one) => one.read} />
    <${List} title=${say.receiptsDelivered} receipts=${delivered} passedOf=${(/** @type {MessageReceipt} */ one) => one.delivered} />
    <${List} title=${say.receiptsWaiting} receipts=${waiting} passedOf=${() => null} />`;
}

/** @param {{ title: (values: { count: number }) => string, receipts: MessageReceipt[], passedOf: (receipt: MessageReceipt) => Passed | null }} props */
function List({ title, receipts, passedOf }) {
  if (receipts.length === 0) return null;
  return html`<section class="receipts">
    <h3>${title({ count: receipts.length })}</h3>
    <ul>${receipts.map((receipt) => html`<${Line} key=${receipt.username} receipt=${receipt} passed=${passedOf(receipt)} />`)}</ul>
  </section>`;
}

/** @param {{ receipt: MessageReceipt, passed: Passed | null }} props */
function Line({ receipt: { username, read, showsReads }, passed }) {
  const name = nameOf(username);
  const isHidden = !read && passed !== null && !showsReads && ownSettings.value.sharesReads;
  const details = [passed && whenOf(passed), isHidden && say.receiptsHidden].filter(Boolean).join(", ");
  return html`<li class="receipt"><${Avatar} id=${username} name=${name} size="small" /><span class="person-text"><b><bdi>${name}</bdi></b><small>${details}</small></span></li>`;
}

/** @param {Passed} passed */
function whenOf({ at, isExact }) {
  if (at === null) return "";
  return isExact ? momentInWords(at) : say.receiptsAtLatest({ moment: momentInWords(at) });
}
