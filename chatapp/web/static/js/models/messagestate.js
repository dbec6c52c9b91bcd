/** What a message has beyond its text: edits, deletion, reactions, a pin, and the message that it answers. */

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../protocol.js").Update} Update
 * @typedef {import("../protocol.js").Reaction} Reaction
 */

/** Characters of an answered message that a quote shows, as on the server. */
export const QUOTE_CHARACTERS = 200;

/** @param {{ changedRevision?: number }} message */
const changeOf = (message) => message.changedRevision ?? 0;

/**
 * The newer one of two copies of a message. A tick is never taken back.
 * @param {Message} before the known copy
 * @param {Message} message
 * @returns {Message} the known copy if there is nothing new
 */
export function newerOf(before, message) {
  const isNew = message.revision !== before.revision ? message.revision > before.revision : changeOf(message) > changeOf(before);
  const deliveredToAll = before.deliveredToAll || message.deliveredToAll;
  if (isNew) return { ...message, deliveredToAll, ...reactionsFor(message.reactions, before.reactions, []), ...pollFor(message, before) };
  return deliveredToAll === before.deliveredToAll ? before : { ...before, deliveredToAll };
}

/**
 * @param {Message} message
 * @param {Update} update of this message
 * @param {string} me
 * @returns {Message} the same object if the update is known
 */
export function updatedBy(message, update, me) {
  if (changeOf(update) < changeOf(message) || (changeOf(update) === changeOf(message) && !update.poll?.mine)) return message;
  const { sender, receiver, timestamp, deliveredToAll, revision, clientId } = message;
  const { reacted, content = message.content, ...state } = update;
  const own = reacted.filter(({ username }) => username === me);
  return { sender, receiver, timestamp, deliveredToAll, revision, clientId, content, ...state, ...reactionsFor(state.reactions, message.reactions, own), ...pollFor(state, message) };
}

/**
 * Applies an update to a list: to the message itself, and to the messages that answer it.
 * @param {Message[]} messages
 * @param {Update} update
 * @param {string} me
 * @returns {Message[]} the same list if nothing changed
 */
export function withUpdate(messages, update, me) {
  const changed = messages.map((message) => {
    if (message.sequence === update.sequence) return updatedBy(message, update, me);
    return update.content === undefined ? message : withQuotedText(message, update, update.content);
  });
  return changed.some((message, index) => message !== messages[index]) ? changed : messages;
}

/**
 * @param {Message} message
 * @param {Update} update of the answered message
 * @param {string} content its text now
 */
function withQuotedText(message, { sequence, deletedAt }, content) {
  if (message.replyTo?.sequence !== sequence) return message;
  const { file, ...quote } = message.replyTo;
  return { ...message, replyTo: { ...quote, content: beginningOf(content), ...(file && !deletedAt && { file }) } };
}

/**
 * @param {Message} message
 * @returns {import("../protocol.js").Quote}
 */
export function quoteOf({ sequence, sender, content, files: [first] = [] }) {
  return { sequence, sender, content: beginningOf(content), ...(first && { file: { name: first.name, kind: first.kind } }) };
}

/** @param {string} content */
const beginningOf = (content) => [...content].slice(0, QUOTE_CHARACTERS).join("");

/**
 * Only who has just voted is told of their vote. Otherwise it is as it was.
 * @param {{ poll?: import("../polls/types.js").Poll }} message
 * @param {Message} before
 */
function pollFor({ poll }, before) {
  return poll ? { poll: { ...poll, mine: poll.mine ?? before.poll?.mine ?? [] } } : {};
}

/**
 * An event for all members does not say which reactions are mine. Either I have just reacted, or it is as it was.
 * @param {Reaction[] | undefined} reactions
 * @param {Reaction[] | undefined} before
 * @param {{ emoji: string, on: boolean }[]} own what I have just done
 * @returns {{ reactions?: Reaction[] }}
 */
function reactionsFor(reactions, before, own) {
  if (!reactions) return {};
  const isMine = (/** @type {string} */ emoji) => own.find((one) => one.emoji === emoji)?.on ?? before?.find((one) => one.emoji === emoji)?.mine ?? false;
  return { reactions: reactions.map((reaction) => ({ ...reaction, mine: reaction.mine ?? isMine(reaction.emoji) })) };
}
