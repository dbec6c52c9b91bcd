/** Unsent messages: on disk until the server has stored them, sent in order, each with its own client id. */

/**
 * @typedef {object} OutboxEntry
 * @property {string} clientId a UUID; the server stores a message once for each
 * @property {string} owner the username that wrote it
 * @property {string} key the conversation
 * @property {string} content
 * @property {import("../protocol.js").Quote} [replyTo] the message that it answers
 * @property {import("../personalprotocol.js").Forward} [forward] the message that it copies
 * @property {string} createdAt ISO 8601, UTC
 * @property {"waiting" | "failed"} status
 * @property {string} reason why it failed, in a sentence
 * @property {OutboxFile[]} [files] in their order
 *
 * @typedef {object} OutboxFile a file before the server has the message that it is in
 * @property {string} id a UUID, on this device only
 * @property {string} name
 * @property {string} type the browser's media type of it; empty if it knows none
 * @property {import("../protocol.js").FileKind} kind
 * @property {number} size bytes
 * @property {string} alt what a picture shows, for those who do not see it; may be empty
 * @property {number | null} width CSS pixels, of a picture or a video
 * @property {number | null} height
 * @property {Blob | null} blob the bytes; null if the device has them no more. The database stores them apart from the entry.
 * @property {string | null} uploadId of the upload that has begun
 * @property {number} [seconds] of a recording
 * @property {number[]} [waveform] of a recording: up to 64 values from 0 to 100
 * @property {boolean} [isVoice] whether it was recorded as a voice message
 */

/**
 * @param {string} owner
 * @param {string} key
 * @param {string} content
 * @param {string} createdAt
 * @param {import("../protocol.js").Quote} [replyTo] the message that it answers
 * @returns {OutboxEntry}
 */
export function newEntry(owner, key, content, createdAt, replyTo) {
  return { clientId: newClientId(), owner, key, content, createdAt, status: "waiting", reason: "", ...(replyTo && { replyTo }) };
}

/**
 * @param {OutboxEntry} entry
 * @param {OutboxFile[]} files
 * @returns {OutboxEntry}
 */
export function withFiles(entry, files) {
  return files.length > 0 ? { ...entry, files } : omitFiles(entry);
}

/** @param {OutboxEntry} entry @returns {OutboxEntry} */
function omitFiles(entry) {
  const copied = { ...entry };
  delete copied.files;
  return copied;
}

/**
 * @param {OutboxEntry} entry
 * @param {string} id of a file
 * @param {Partial<OutboxFile> | null} changes null to remove the file
 * @returns {OutboxEntry | null} null if nothing is left to send
 */
export function withFile(entry, id, changes) {
  const files = (entry.files ?? []).flatMap((file) => (file.id !== id ? [file] : changes ? [{ ...file, ...changes }] : []));
  return files.length === 0 && entry.content === "" ? null : withFiles(entry, files);
}

/**
 * @param {OutboxFile} file that the server has
 * @returns {import("../protocol.js").FileToSend}
 */
export function fileToSend({ uploadId, alt, width, height, kind, seconds, waveform, isVoice }) {
  return {
    uploadId: /** @type {string} */ (uploadId),
    ...(alt && { alt }),
    ...(kind === "video" && width && height && { width, height }),
    ...(seconds && { seconds }),
    ...(waveform && { waveform }),
    ...(isVoice && { isVoice }),
  };
}

/** A random UUID, version 4. `crypto.randomUUID` exists on secure pages only, and a server in a home has no TLS. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
}

/**
 * The next message of each conversation that is not busy. Sending one at a time keeps them in order.
 * @param {OutboxEntry[]} entries oldest first
 * @param {Set<string>} busyKeys
 * @returns {OutboxEntry[]}
 */
export function nextToSend(entries, busyKeys) {
  const taken = new Set(busyKeys);
  const next = [];
  for (const entry of entries) {
    if (entry.status !== "waiting" || taken.has(entry.key)) continue;
    taken.add(entry.key);
    next.push(entry);
  }
  return next;
}

/**
 * @param {OutboxEntry[]} entries
 * @param {OutboxEntry} changed
 */
export function withEntry(entries, changed) {
  const isKnown = entries.some((entry) => entry.clientId === changed.clientId);
  if (!isKnown) return [...entries, changed];
  return entries.map((entry) => (entry.clientId === changed.clientId ? changed : entry));
}

/**
 * @param {OutboxEntry[]} entries
 * @param {string} clientId
 */
export function withoutEntry(entries, clientId) {
  const left = entries.filter((entry) => entry.clientId !== clientId);
  return left.length === entries.length ? entries : left;
}

/**
 * Whether an error is temporary. Other errors refuse the message itself.
 * @param {string} code
 */
export function isWorthRetrying(code) {
  return ["timeout", "offline", "too_many_attempts", "too_many_events", "too_many_requests", "internal_error", "unavailable", "not_signed_in"].includes(code);
}
