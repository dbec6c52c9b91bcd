/** What can be said against a file before any of it is sent. The server decides. */

/**
 * @typedef {object} Limits
 * @property {number} largestBytes
 * @property {number} filesAMessage
 * @property {string[] | null} types such as "image/*" and "application/pdf"; null for all
 * @property {number | null} quotaBytes of mine; null for no quota
 * @property {number} usedBytes
 *
 * @typedef {{ name: string, type: string, size: number }} Described
 * @typedef {"too_many_files" | "file_too_large" | "file_type_refused" | "quota_exceeded"} RefusalCode
 * @typedef {{ name: string, code: RefusalCode }} Refusal
 */

/** The server's limit, for the time until it has said its own. */
export const FILES_MAX = 10;

/**
 * Parts files into those that can be sent with what is attached already, and those that cannot.
 * @template {Described} T
 * @param {T[]} files
 * @param {Described[]} attached
 * @param {Limits | null} limits null if they are not known
 * @returns {{ taken: T[], refused: Refusal[] }}
 */
export function partedByLimits(files, attached, limits) {
  /** @type {T[]} */
  const taken = [];
  /** @type {Refusal[]} */
  const refused = [];
  for (const file of files) {
    const code = objectionTo(file, [...attached, ...taken], limits);
    if (code) refused.push({ name: file.name, code });
    else taken.push(file);
  }
  return { taken, refused };
}

/**
 * @param {Described} file
 * @param {Described[]} others
 * @param {Limits | null} limits
 * @returns {RefusalCode | null}
 */
function objectionTo({ type, size }, others, limits) {
  if (others.length >= (limits?.filesAMessage ?? FILES_MAX)) return "too_many_files";
  if (!limits) return null;
  if (size > limits.largestBytes) return "file_too_large";
  if (!isTaken(type, limits.types)) return "file_type_refused";
  const attachedBytes = others.reduce((sum, other) => sum + other.size, 0);
  return limits.quotaBytes !== null && limits.usedBytes + attachedBytes + size > limits.quotaBytes ? "quota_exceeded" : null;
}

/**
 * @param {string} type empty if the browser knows none: then the server looks at the bytes
 * @param {string[] | null} types
 */
function isTaken(type, types) {
  if (!types || !type) return true;
  const plain = type.split(";")[0].trim().toLowerCase();
  return types.some((one) => (one.endsWith("/*") ? plain.startsWith(one.slice(0, -1)) : plain === one));
}
