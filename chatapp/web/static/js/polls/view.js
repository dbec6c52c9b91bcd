/** A poll in a message: radio buttons or checkboxes, with a bar and a count for each option. */

import { useEffect, useId, useReducer } from "preact/hooks";
import { choose, isClosed, percentOf, withVote } from "./model.js";
import { fullMoment } from "../models/time.js";
import { unanswered, vote } from "./actions.js";
import { direction, say } from "../strings.js";
import { html } from "../views/html.js";
import { openFor } from "../views/messageparts.js";

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("./types.js").Poll} Poll
 */

/** @param {{ message: Message, conversationKey: string, children?: any }} props */
export function PollView({ message, conversationKey, children }) {
  const stored = /** @type {Poll} */ (message.poll);
  const wanted = unanswered.value.get(message.messageId);
  const poll = wanted ? withVote(stored, wanted) : stored;
  useEnd(stored);
  const closed = isClosed(poll, Date.now());
  // The root of a thread is drawn twice, and radio buttons of one name would be one group.
  const id = useId();
  const canTakeBack = !closed && !poll.isMultiple && (poll.mine ?? []).length > 0;
  return html`<div class="poll" dir=${direction()}>
    <p class="poll-question" id=${id} dir="auto">${poll.question}</p>
    <p class="poll-kind" id=${`${id}-kind`}>${kindOf(poll, closed)}</p>
    <div class="poll-options" role=${poll.isMultiple ? "group" : "radiogroup"} aria-labelledby=${id} aria-describedby=${`${id}-kind`}>
      ${poll.options.map((_, at) => html`<${Option} key=${at} id=${id} poll=${poll} at=${at} closed=${closed} onChoose=${() => vote(message, choose(poll, at))} />`)}
    </div>
    <p class="poll-foot">
      <span>${say.pollVoters({ count: poll.voterCount })}</span>
      ${!poll.isAnonymous && stored.voterCount > 0 && html`<button type="button" class="link" onClick=${(/** @type {any} */ event) => openFor("voters", conversationKey, message, event.currentTarget)}>${say.pollWhoVoted}</button>`}
      ${canTakeBack && html`<button type="button" class="link" onClick=${() => vote(message, [])}>${say.pollTakeBack}</button>`}
    </p>
    <p class="poll-meta">${children}</p>
  </div>`;
}

/**
 * @param {Poll} poll
 * @param {boolean} closed
 */
function kindOf({ isMultiple, isAnonymous, closesAt }, closed) {
  const parts = [closed ? say.pollClosed : isMultiple ? say.pollSeveral : say.pollOne];
  if (isAnonymous) parts.push(say.pollAnonymous);
  if (closesAt && !closed) parts.push(say.pollEndsAt({ moment: fullMoment(closesAt) }));
  return parts.join(" · ");
}

/** @param {{ id: string, poll: Poll, at: number, closed: boolean, onChoose: () => void }} props */
function Option({ id, poll, at, closed, onChoose }) {
  const { text, votes } = poll.options[at];
  const isMine = (poll.mine ?? []).includes(at);
  const percent = percentOf(poll, at);
  return html`<label class="poll-option">
    <input type=${poll.isMultiple ? "checkbox" : "radio"} name=${id} checked=${isMine} disabled=${closed} onChange=${onChoose} />
    <span class="poll-text" dir="auto">${text}</span>
    <span class="poll-count" title=${`${percent} %`}>${say.pollVotes({ count: votes })}</span>
    <span class="poll-bar" aria-hidden="true"><span style=${{ inlineSize: `${percent}%` }}></span></span>
  </label>`;
}

const TIMER_MILLISECONDS_MAX = 2 ** 31 - 1;

/** Draws the poll again when it ends. @param {Poll} poll */
function useEnd(poll) {
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const { closesAt, closedAt } = poll;
  useEffect(() => {
    if (!closesAt || closedAt) return undefined;
    const left = Date.parse(closesAt) - Date.now();
    if (left <= 0 || left > TIMER_MILLISECONDS_MAX) return undefined;
    const timer = setTimeout(() => redraw(undefined), left);
    return () => clearTimeout(timer);
  }, [closesAt, closedAt]);
}
