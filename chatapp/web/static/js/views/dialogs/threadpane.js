/** A thread beside its conversation: the message that it is about, its messages, and a message field of its own. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { ApiError, fetchMessages } from "../../api.js";
import { fieldId } from "../../composing.js";
import { keyOf } from "../../models/keys.js";
import { rowsOf } from "../../models/rows.js";
import { goTo } from "../../router.js";
import { say } from "../../strings.js";
import { conversationOf, hasRoom, isAtEndOf, me, outbox, timelineOf } from "../../store.js";
import { loadStyles } from "../../styles.js";
import { Closed } from "../closed.js";
import { Composer } from "../composer.js";
import { attempt } from "./conversationmenu.js";
import { DropZone } from "./files/attach.js";
import { notify } from "../../messageactions.js";
import { Body } from "../conversation.js";
import { mayWrite } from "../../personal.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { RowView } from "../row.js";
import { unfollow } from "./threadapi.js";

/**
 * @typedef {import("../../protocol.js").Message} Message
 * @typedef {import("../../protocol.js").Root} Root
 */

/** @type {Promise<unknown> | undefined} */
let styles;

/** @param {{ id: string }} props */
export function ThreadPane({ id }) {
  const areStylesReady = useSignal(false);
  useEffect(() => void (styles ??= loadStyles("thread")).then(() => (areStylesReady.value = true)), []);
  const { threadOf } = conversationOf(id);
  return areStylesReady.value && threadOf && html`<${Pane} id=${id} root=${threadOf} />`;
}

/** @param {{ id: string, root: Root }} props */
function Pane({ id, root }) {
  useFocus(id);
  const thread = conversationOf(id);
  const parentKey = keyOf(root.receiver, root.group);
  const parent = conversationOf(parentKey);
  const hasUnsent = useComputed(() => outbox.value.some((entry) => entry.key === id)).value;
  // Where the thread covers the conversation, nothing else has a heading.
  const heading = hasRoom.value ? "h2" : "h1";
  const close = () => goTo(parentKey);
  const leave = async () => {
    const problem = await attempt(() => unfollow(thread.receiver));
    if (problem) notify(problem);
  };
  return html`<section class="thread" aria-label=${titleOf(thread)}>
    <header class="conversation-head">
      ${!hasRoom.value && html`<button type="button" class="icon-button" aria-label=${say.back} onClick=${close}><${Icon} name="back" size=${24} /></button>`}
      <span class="conversation-who"><${heading} id="thread-title" class="thread-title" tabIndex=${-1}>${say.threadTitle}<//><small><bdi>${titleOf(parent)}</bdi></small></span>
      <button type="button" class="button" onClick=${leave}>${say.threadUnfollow}</button>
      ${hasRoom.value && html`<button type="button" class="icon-button" aria-label=${say.threadClose} title=${say.threadClose} onClick=${close}><${Icon} name="close" size=${22} /></button>`}
    </header>
    <div class="thread-root" tabIndex=${0} role="group" aria-label=${say.threadRoot}><${RootMessage} root=${root} /></div>
    <${Body} id=${id} hasUnsent=${hasUnsent} />
    ${mayWrite(parent) && html`<${DropZone} id=${id} />`}
    ${mayWrite(parent) ? html`<${Composer} id=${id} name=${titleOf(thread)} />` : html`<${Closed} id=${parentKey} />`}
  </section>`;
}

/** The focus is in the thread while it is open, and then where it was. @param {string} id */
function useFocus(id) {
  useLayoutEffect(() => {
    const before = document.activeElement;
    isAtEndOf(id).value = true;
    // An on-screen keyboard would cover what is to be read.
    document.getElementById(matchMedia("(pointer: fine)").matches ? fieldId(id) : "thread-title")?.focus();
    return () => {
      // After the next draw, which on a phone brings the conversation back.
      requestAnimationFrame(() => {
        const isBack = before instanceof HTMLElement && before.isConnected && before !== document.body;
        /** @type {HTMLElement | null} */ (isBack ? before : document.getElementById("composer"))?.focus();
      });
    };
  }, []);
}

/** It is in the conversation's messages, or is fetched. @param {{ root: Root }} props */
function RootMessage({ root }) {
  const { receiver, group, sequence } = root;
  const key = keyOf(receiver, group);
  const fetched = useSignal(/** @type {Message | null} */ (null));
  const { messages, passage } = timelineOf(key).value;
  const known = [...messages, ...(passage?.messages ?? [])].find((message) => message.sequence === sequence);
  const isMissing = !known;
  useEffect(() => {
    if (isMissing) fetchMessages(me.peek(), receiver, group, { after: sequence - 1, limit: 1 }).then(([message]) => (fetched.value = message ?? null)).catch(ignoreFailure);
  }, [isMissing]);
  const message = known ?? fetched.value;
  if (!message) return html`<p role="status"><span class="spinner"></span><span class="unseen">${say.loadingMessages}</span></p>`;
  const rows = rowsOf({ messages: [message], entries: [], me: me.value, newAfter: null, isComplete: false });
  return rows.map((row) => html`<${RowView} key=${row.key} row=${row} conversation=${conversationOf(key)} />`);
}

/** The thread can be read without its root. @param {unknown} error */
function ignoreFailure(error) {
  if (!(error instanceof ApiError)) throw error;
}
