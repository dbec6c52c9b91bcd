/** The rows of a conversation from the top: days, the line for new messages, and messages in runs. */

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("./outbox.js").OutboxEntry} OutboxEntry
 */

/**
 * @typedef {object} MessageRow
 * @property {"message"} type
 * @property {string} key the same before and after the server has it, so that the bubble stays where it is
 * @property {string} sender
 * @property {string} content
 * @property {string} timestamp
 * @property {import("../protocol.js").Quote | undefined} replyTo
 * @property {import("../personalprotocol.js").Forwarded | undefined} forwarded
 * @property {boolean} isFirst of a run by one sender
 * @property {boolean} isLast
 * @property {Message | null} message null while it is on its way
 * @property {OutboxEntry | null} entry
 *
 * @typedef {{ type: "day", key: string, timestamp: string }} DayRow
 * @typedef {{ type: "new", key: string }} NewRow
 * @typedef {{ type: "start", key: string }} StartRow
 * @typedef {MessageRow | DayRow | NewRow | StartRow} Row
 */

const RUN_MILLISECONDS = 5 * 60_000;

/**
 * @param {object} source
 * @param {Message[]} source.messages
 * @param {OutboxEntry[]} source.entries of this conversation
 * @param {string} source.me
 * @param {number | null} source.newAfter the sequence after which the line for new messages goes
 * @param {boolean} source.isComplete whether the history begins with the first message
 * @returns {Row[]}
 */
export function rowsOf({ messages, entries, me, newAfter, isComplete }) {
  const items = [...messages.map(fromMessage), ...unsent(messages, entries).map(fromEntry)];
  /** @type {Row[]} */
  const rows = isComplete && items.length > 0 ? [{ type: "start", key: "start" }] : [];
  // New messages may begin above the loaded ones. The line goes where they begin, or nowhere.
  let hasNewLine = newAfter === null || (messages[0]?.sequence ?? 0) > newAfter + 1;
  let previous = null;
  for (const item of items) {
    if (!previous || !isSameDay(previous, item)) {
      rows.push({ type: "day", key: `day ${dayOf(item.timestamp)}`, timestamp: item.timestamp });
      previous = null;
    }
    if (!hasNewLine && isAfter(item, newAfter ?? 0) && item.sender !== me) {
      rows.push({ type: "new", key: "new" });
      hasNewLine = true;
      previous = null;
    }
    item.isFirst = !previous || !isSameRun(previous, item);
    if (previous) previous.isLast = item.isFirst;
    rows.push(item);
    previous = item;
  }
  return rows;
}

/**
 * A message that has just been stored may still be in the outbox for a moment.
 * @param {Message[]} messages
 * @param {OutboxEntry[]} entries
 */
function unsent(messages, entries) {
  if (entries.length === 0) return entries;
  const stored = new Set(messages.map((message) => message.clientId));
  return entries.filter((entry) => !stored.has(entry.clientId));
}

/** @returns {MessageRow} */
function fromMessage(/** @type {Message} */ message) {
  const { sender, content, timestamp, replyTo, forwarded } = message;
  const key = message.clientId || message.messageId;
  return { type: "message", key, sender, content, timestamp, replyTo, forwarded, isFirst: true, isLast: true, message, entry: null };
}

/** @returns {MessageRow} */
function fromEntry(/** @type {OutboxEntry} */ entry) {
  const { owner, content, createdAt, clientId, replyTo, forward } = entry;
  return {
    type: "message",
    key: clientId,
    sender: owner,
    content,
    timestamp: createdAt,
    replyTo,
    forwarded: forward,
    isFirst: true,
    isLast: true,
    message: null,
    entry,
  };
}

/**
 * @param {MessageRow} row
 * @param {number} sequence
 */
function isAfter(row, sequence) {
  return row.message !== null && row.message.sequence > sequence;
}

/**
 * @param {MessageRow} a
 * @param {MessageRow} b
 */
function isSameRun(a, b) {
  return a.sender === b.sender && Math.abs(momentOf(b) - momentOf(a)) < RUN_MILLISECONDS;
}

/**
 * @param {MessageRow} a
 * @param {MessageRow} b
 */
function isSameDay(a, b) {
  return dayOf(a.timestamp) === dayOf(b.timestamp);
}

/** @param {MessageRow} row */
function momentOf(row) {
  return Date.parse(row.timestamp);
}

/** @type {Map<string, string>} */
const days = new Map();

/**
 * The local calendar day. Cached by the UTC hour, because a list of 50,000 messages asks 50,000 times.
 * @param {string} timestamp
 */
export function dayOf(timestamp) {
  const quarter = timestamp.slice(0, 13) + Math.floor(Number(timestamp.slice(14, 16)) / 15);
  let day = days.get(quarter);
  if (day === undefined) {
    day = new Date(timestamp).toDateString();
    days.set(quarter, day);
  }
  return day;
}
