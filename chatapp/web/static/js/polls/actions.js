/** What one does with polls: create one, vote, close it. A vote is shown at once, and taken back if it is refused. */

import { signal } from "@preact/signals";
import { ApiError, call } from "../api.js";
import { takeChanged } from "../changes.js";
import { notify } from "../messageactions.js";
import { parseKey } from "../models/keys.js";
import { say } from "../strings.js";

/** @typedef {import("../protocol.js").Message} Message */

const pathOf = (/** @type {Message} */ { messageId }) => `/message/${encodeURIComponent(messageId)}`;

/** My votes that the server has not answered yet, by message id. @type {import("@preact/signals").Signal<Map<string, number[]>>} */
export const unanswered = signal(new Map());

/**
 * @param {string} key of the conversation
 * @param {import("./types.js").NewPoll} poll
 * @param {string} clientId the same for every attempt
 */
export async function createPoll(key, poll, clientId) {
  takeChanged((await call("POST", "/polls", { ...parseKey(key), ...poll, clientId })).message);
}

/**
 * Votes for these options and no others. Of several clicks while a request runs, the last one counts.
 * @param {Message} message
 * @param {number[]} options
 */
export async function vote(message, options) {
  const { messageId } = message;
  const isRunning = unanswered.peek().has(messageId);
  remember(messageId, options);
  if (isRunning) return;
  /** @type {number[] | undefined} */
  let sent;
  let isDone = true;
  while (isDone && sent !== unanswered.peek().get(messageId)) {
    sent = unanswered.peek().get(messageId);
    isDone = await request(() => call("PUT", `${pathOf(message)}/vote`, { options: sent }));
  }
  remember(messageId, null);
}

/** @param {Message} message */
export function closePoll(message) {
  return request(() => call("POST", `${pathOf(message)}/close`, {}));
}

/** @param {Message} message @returns {Promise<string[][]>} usernames by option */
export async function fetchVoters(message) {
  return (await call("GET", `${pathOf(message)}/voters`)).voters;
}

/**
 * @param {string} messageId
 * @param {number[] | null} options null: the server has answered
 */
function remember(messageId, options) {
  const after = new Map(unanswered.peek());
  if (options) after.set(messageId, options);
  else after.delete(messageId);
  unanswered.value = after;
}

/** @param {() => Promise<{ message: Message }>} ask @returns {Promise<boolean>} whether it succeeded; if not, the page says why */
async function request(ask) {
  try {
    takeChanged((await ask()).message);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    notify(error.isOffline ? say.signInOffline : error.message || say.groupChangeFailed);
    return false;
  }
}
