/** Which addresses become links. */

/** Invisible characters, with which an address could look like another one. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/u;

const SCHEME = /^(?:https?:\/\/|mailto:)/iu;

/**
 * @param {string} address
 * @returns {boolean} whether it may be a link: a whole address, without a name and a password that would hide its host
 */
export function isLinkable(address) {
  if (!SCHEME.test(address)) return false;
  try {
    if (INVISIBLE.test(decodeURI(address))) return false;
    const url = new URL(address);
    if (url.protocol === "mailto:") return url.pathname !== "";
    return url.hostname !== "" && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}
