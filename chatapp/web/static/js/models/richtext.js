/** What is special about a message as a whole: only emoji, or very long. */

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}|\s){1,12}$/v;
const EMOJI_LARGE_MAX = 3;

/**
 * @param {string} content
 * @returns {boolean} whether it is only a few emoji, which are drawn large
 */
export function isEmojiOnly(content) {
  if (content.length > 40 || !EMOJI_ONLY.test(content)) return false;
  const count = [...new Intl.Segmenter().segment(content.replace(/\s/gu, ""))].length;
  return count >= 1 && count <= EMOJI_LARGE_MAX;
}

const LONG_LINES = 40;
const LONG_CHARACTERS = 4_000;

/**
 * @param {string} content
 * @returns {string | null} the beginning of a very long message; null for other messages
 */
export function beginningOf(content) {
  let end = content.length > LONG_CHARACTERS ? LONG_CHARACTERS : content.length;
  let newline = -1;
  for (let line = 0; line < LONG_LINES; line += 1) {
    newline = content.indexOf("\n", newline + 1);
    if (newline === -1) break;
  }
  if (newline !== -1) end = Math.min(end, newline);
  return end === content.length ? null : withoutOpenSpoiler(content.slice(0, end));
}

/** A spoiler that the beginning cuts in two would be shown. @param {string} beginning */
function withoutOpenSpoiler(beginning) {
  const marks = beginning.match(/\|\|/gu)?.length ?? 0;
  const last = beginning.lastIndexOf("||");
  return marks % 2 === 1 ? beginning.slice(0, last) || "…" : beginning;
}
