/** Draws mentions: with the person's present name, as a link to the conversation with them. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { isMine } from "../models/mentions.js";
import { isRemoved } from "../models/names.js";
import { addressOf } from "../router.js";
import { me, nameOf, privateKey } from "../store.js";
import { classes, html } from "../views/html.js";
import { drawRuns } from "../views/runs.js";

/** @typedef {import("../protocol.js").Mention} Mention */

/** The mentions of the message that is drawn, by what was typed; null where there can be none. */
export const Mentions = createContext(/** @type {Map<string, Mention> | null} */ (null));

/**
 * @param {string} content
 * @param {Mention[] | undefined} mentions
 * @returns {Map<string, Mention> | null}
 */
export function typedIn(content, mentions) {
  return mentions ? new Map(mentions.map((mention) => [content.slice(mention.start, mention.end), mention])) : null;
}

/** @param {{ text: string }} props */
export function MentionText({ text }) {
  const mentions = useContext(Mentions);
  if (!mentions) return drawRuns(text);
  return partsOf(text, [...mentions.keys()]).map((part) => {
    const mention = mentions.get(part);
    return mention ? html`<${Chip} mention=${mention} typed=${part} />` : drawRuns(part);
  });
}

/**
 * @param {string} text
 * @param {string[]} typed what mentions look like
 * @returns {string[]} the text, cut at the mentions in it
 */
export function partsOf(text, typed) {
  const longestFirst = typed.toSorted((a, b) => b.length - a.length).map((one) => one.replace(/[.+-]/gu, "\\$&"));
  // As on the server: a name begins and ends with a word; a script without spaces has no such words.
  const word = "[[\\p{L}\\p{N}_]--[\\u2E80-\\u{10FFFF}]]";
  return text.split(new RegExp(`(?<![@\\/]|${word})(${longestFirst.join("|")})(?!${word})`, "v"));
}

/** @param {{ mention: Mention, typed: string }} props */
function Chip({ mention, typed }) {
  const { kind, username = "" } = mention;
  const look = classes("mention", isMine(mention, me.value) && "mention-own");
  if (kind !== "user") return html`<span class=${look}>${typed}</span>`;
  if (isRemoved(username)) return html`<span class=${look}><bdi>@${nameOf(username)}</bdi></span>`;
  return html`<a class=${look} href=${addressOf(privateKey(username))} title=${`@${username}`}><bdi>@${nameOf(username)}</bdi></a>`;
}
