/** The messages: days, the line for new messages, and bubbles. Scrolling up fetches older messages. */

import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { unreadOf } from "../models/conversation.js";
import { shownOf } from "../models/passage.js";
import { rowsOf } from "../models/rows.js";
import { firstSequence } from "../models/timeline.js";
import { showedUpTo } from "../readmarks.js";
import { badgeText, say } from "../strings.js";
import * as store from "../store.js";
import { goToLatest, loadNewer } from "../passages.js";
import { loadOlder } from "../sync.js";
import { Avatar } from "./avatar.js";
import { classes, html } from "./html.js";
import { Icon } from "./icons.js";
import { titleOf } from "./line.js";
import { useMessageKeys } from "./messagekeys.js";
import { parts } from "./opendialog.js";
import { RowView } from "./row.js";
import { Scroller } from "./scroller.js";
import { useTarget } from "./target.js";

/** @typedef {import("../models/rows.js").Row} Row */

/** @param {{ id: string }} props */
export function MessageList({ id }) {
  const rows = useRows(id).value;
  const { hasEnd } = shownOf(store.timelineOf(id).value);
  const scroller = useScroller(rows, hasEnd);
  const targetKey = useTarget(id, scroller, rows);
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const touch = () => scroller.touch();
  const look = () => tell(id, scroller, rows);
  const onScroll = () => {
    if (scroller.follow()) redraw(undefined);
    look();
  };
  useSettling(scroller, () => redraw(undefined), look);
  useJumps(id, scroller, () => redraw(undefined));

  const { start, end, before, after } = scroller.range();
  const keys = useMessageKeys(id, rows.slice(start, end));
  const conversation = store.conversationOf(id);
  const threadLine = parts.value?.ThreadLine;
  return html`<div class="messages">
    <${LoadingState} id=${id} />
    <div class="scroller" role="region" aria-label=${say.messagesWith({ name: titleOf(conversation) })} tabIndex=${0} onScroll=${onScroll}
        onWheel=${touch} onTouchMove=${touch} onPointerDown=${touch} onFocusIn=${keys.onFocus}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => (keys.onKey(event) ? undefined : touch())}
        ref=${(/** @type {HTMLElement | null} */ element) => (scroller.element = element)}>
      ${rows.length === 0 && !conversation.threadOf && html`<${Beginning} conversation=${conversation} />`}
      <div class="rows">
        <div key="before" style=${{ height: `${before}px` }}></div>
        ${rows.slice(start, end).map((row) => html`<${RowView} key=${row.key} row=${row} conversation=${conversation} isTarget=${row.key === targetKey} isCurrent=${row.key === keys.current} threadLine=${threadLine} />`)}
        <div key="after" style=${{ height: `${after}px` }}></div>
      </div>
    </div>
    <${Jump} id=${id} unread=${unreadOf(conversation)} />
  </div>`;
}

/** @param {string} id */
function useRows(id) {
  return useComputed(() => {
    const timeline = store.timelineOf(id).value;
    const { messages, hasStart, hasEnd } = shownOf(timeline);
    const entries = hasEnd ? store.outbox.value.filter((entry) => entry.key === id) : [];
    const isLoaded = timeline.isLoaded || !hasEnd;
    const isComplete = hasStart || (isLoaded && firstSequence(messages) <= 1);
    return rowsOf({ messages, entries, me: store.me.value, newAfter: store.newAfterOf(id).value, isComplete });
  });
}

/**
 * One scroller while the conversation is open. It starts at the line for new messages, or at the end.
 * @param {Row[]} rows
 * @param {boolean} hasEnd
 */
function useScroller(rows, hasEnd) {
  const held = useRef(/** @type {Scroller | null} */ (null));
  held.current ??= new Scroller();
  held.current.setRows(rows, hasEnd);
  return held.current;
}

/**
 * @param {Scroller} scroller
 * @param {() => void} redraw
 * @param {() => void} look
 */
function useSettling(scroller, redraw, look) {
  useLayoutEffect(() => {
    if (scroller.settle()) redraw();
    else look();
  });
  useEffect(() => {
    let width = 0;
    const observer = new ResizeObserver(([entry]) => {
      if (width && width !== entry.contentRect.width) scroller.index.reset();
      width = entry.contentRect.width;
      redraw();
    });
    // A row may grow by itself: a poll that is drawn when its code has loaded, a long text that is shown whole.
    const ofRows = new ResizeObserver(() => scroller.settle() && redraw());
    const rows = scroller.element?.querySelector(".rows");
    if (scroller.element) observer.observe(scroller.element);
    if (rows) ofRows.observe(rows);
    document.fonts.ready.then(redraw);
    return () => [observer, ofRows].forEach((one) => one.disconnect());
  }, []);
}

/**
 * @param {string} id
 * @param {Scroller} scroller
 * @param {() => void} redraw
 */
function useJumps(id, scroller, redraw) {
  const seen = useRef(store.jumpsOf(id).peek());
  useSignalEffect(() => {
    if (store.jumpsOf(id).value === seen.current) return;
    seen.current = store.jumpsOf(id).value;
    scroller.holdEnd();
    redraw();
  });
}

/**
 * Reports to the rest of the page what is visible.
 * @param {string} id
 * @param {Scroller} scroller
 * @param {Row[]} rows
 */
function tell(id, scroller, rows) {
  store.isAtEndOf(id).value = scroller.isAtEnd;
  const { failed, hasEnd } = shownOf(store.timelineOf(id).peek());
  // The messages between a passage and the newest ones may be unread.
  const sequence = hasEnd ? lastSequenceInSight(rows, scroller.isAtEnd ? rows.length - 1 : scroller.lastInSight) : 0;
  if (sequence > 0) showedUpTo(id, sequence);
  if (failed) return;
  if (scroller.isNearStart) loadOlder(id);
  if (scroller.isNearEnd && !hasEnd) loadNewer(id);
}

/**
 * @param {Row[]} rows
 * @param {number} from
 */
function lastSequenceInSight(rows, from) {
  for (let at = from; at >= 0; at -= 1) {
    const row = rows[at];
    if (row?.type === "message" && row.message) return row.message.sequence;
  }
  return 0;
}

/** @param {{ id: string }} props */
function LoadingState({ id }) {
  const { loading, failed } = shownOf(store.timelineOf(id).value);
  const place = (loading ?? failed) === "newer" && "loading-newer";
  if (loading) return html`<p class=${classes("older", place)} role="status"><span class="spinner"></span><span class="unseen">${say.loadingMessages}</span></p>`;
  if (!failed || store.connection.value !== "connected") return null;
  const sentence = failed === "newer" ? say.newerFailed : say.olderFailed;
  const retry = () => (failed === "newer" ? loadNewer(id) : loadOlder(id));
  return html`<p class=${classes("older older-failed", place)} role="alert">${sentence} <button type="button" class="link" onClick=${retry}>${say.retry}</button></p>`;
}

/** @param {{ conversation: import("../models/conversation.js").Conversation }} props */
function Beginning({ conversation }) {
  const { group, name, receiver } = conversation;
  const isSelf = !group && receiver === store.me.value;
  return html`<div class="beginning">
    <${Avatar} id=${receiver} name=${name} group=${group} size="large" />
    <p>${isSelf ? say.emptySelf : group ? say.emptyGroup({ name }) : say.emptyPrivate({ name })}</p>
  </div>`;
}

/** @param {{ id: string, unread: number }} props */
function Jump({ id, unread }) {
  if (store.isAtEndOf(id).value) return null;
  const label = unread > 0 ? `${say.jumpToLatest}, ${say.newBelow({ count: unread })}` : say.jumpToLatest;
  return html`<button type="button" class="jump" aria-label=${label} title=${say.jumpToLatest} onClick=${() => goToLatest(id)}>
    ${unread > 0 && html`<span class="badge">${badgeText(unread)}</span>`}<${Icon} name="down" />
  </button>`;
}
