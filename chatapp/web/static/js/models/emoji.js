/** The emoji to pick from: grouped, searched by name, and in a skin tone. */

/**
 * @typedef {{ unicode: string, label: string, group?: number, order?: number, tags?: string[], skins?: { unicode: string }[] }} EmojiData as in the package emojibase-data
 * @typedef {{ group: number, emoji: EmojiData[] }} EmojiGroup
 */

/** The group of skin tones and hair, which are no emoji by themselves. */
const COMPONENTS = 2;

/**
 * @param {EmojiData[]} data
 * @param {string} query
 * @returns {EmojiGroup[]} without empty ones, in the order in which keyboards show them
 */
export function groupsOf(data, query) {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
  /** @type {Map<number, EmojiData[]>} */
  const groups = new Map();
  for (const one of data) {
    if (one.group === undefined || one.group === COMPONENTS || !words.every((word) => isAbout(one, word))) continue;
    groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  }
  const inOrder = (/** @type {EmojiData} */ a, /** @type {EmojiData} */ b) => (a.order ?? 0) - (b.order ?? 0);
  return [...groups].sort(([a], [b]) => a - b).map(([group, emoji]) => ({ group, emoji: emoji.sort(inOrder) }));
}

/**
 * @param {EmojiData} one
 * @param {string} word
 */
function isAbout({ label, tags = [], unicode }, word) {
  return isSameEmoji(unicode, word) || [...label.toLowerCase().split(/[\s:-]+/u), ...tags].some((name) => name.startsWith(word));
}

/**
 * @param {EmojiData} one
 * @param {number} tone 0 for none, 1 (light) to 5 (dark)
 */
export function inTone({ unicode, skins }, tone) {
  return (tone > 0 && skins?.[tone - 1]?.unicode) || unicode;
}

/** Libraries and keyboards disagree about the selector U+FE0F. @param {string} text */
const bare = (text) => text.replaceAll("\uFE0F", "");

/**
 * @param {string} a
 * @param {string} b
 */
export function isSameEmoji(a, b) {
  return bare(a) === bare(b);
}
