/** The emoji to react with: by group, by name, in the skin tone of one's choice. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, fetchEmoji } from "../../api.js";
import { emojiLanguage } from "../../language.js";
import { toggleReaction } from "../../messageactions.js";
import { groupsOf, inTone } from "../../models/emoji.js";
import { prefer, preferences } from "../../preferences.js";
import { recentEmoji, rememberEmoji } from "../../recentemoji.js";
import { say } from "../../strings.js";
import { Dialog, closeDialog } from "../dialog.js";
import { html } from "../html.js";
import { Failed } from "../states.js";
import { useChosenMessage } from "./chosenmessage.js";

/** @typedef {import("../../models/emoji.js").EmojiData} EmojiData */

/** By language: loaded when the picker is first opened. @type {Map<string, EmojiData[]>} */
const loaded = new Map();

async function load() {
  const language = emojiLanguage();
  try {
    const data = loaded.get(language) ?? (await fetchEmoji(language));
    loaded.set(language, data);
    return data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}

export function EmojiDialog() {
  const { message, near } = useChosenMessage();
  const data = useSignal(/** @type {EmojiData[] | null | undefined} */ (undefined));
  const query = useSignal("");
  const groups = useComputed(() => groupsOf(data.value ?? [], query.value));
  const fetchData = async () => {
    data.value = undefined;
    data.value = await load();
  };
  useEffect(() => void fetchData(), []);
  const pick = (/** @type {string} */ emoji) => {
    rememberEmoji(emoji);
    closeDialog();
    if (message) toggleReaction(message, emoji);
  };
  const pickFirst = (/** @type {Event} */ event) => {
    event.preventDefault();
    const first = groups.value[0]?.emoji[0];
    if (query.value && first) pick(inTone(first, preferences.value.tone));
  };
  return html`<${Dialog} title=${say.emojiTitle} near=${near} look="picker">
    <form class="emoji-head" onSubmit=${pickFirst}>
      <input type="search" aria-label=${say.emojiSearch} placeholder=${say.emojiSearch} autocomplete="off" value=${query.value} onInput=${(/** @type {any} */ event) => (query.value = event.target.value)} />
      <${Tone} />
    </form>
    ${data.value === undefined && html`<p class="emoji-wait" role="status"><span class="spinner"></span><span class="unseen">${say.loading}</span></p>`}
    ${data.value === null && html`<${Failed} sentence=${say.emojiFailed} onRetry=${fetchData} />`}
    ${data.value && html`<div class="emoji-groups" onKeyDown=${moveFocus}>
      ${!query.value && html`<${Group} title=${say.emojiRecent} emoji=${recentEmoji().map((unicode) => ({ unicode, label: unicode }))} onPick=${pick} />`}
      ${groups.value.map(({ group, emoji }) => html`<${Group} key=${group} title=${say.emojiGroups[group]} emoji=${emoji} onPick=${pick} />`)}
      ${groups.value.length === 0 && html`<p class="state-hint" role="status">${say.emojiNone({ text: query.value })}</p>`}
    </div>`}
  <//>`;
}

/** @param {{ title: string, emoji: EmojiData[], onPick: (emoji: string) => void }} props */
function Group({ title, emoji, onPick }) {
  const { tone } = preferences.value;
  return html`<section class="emoji-group" aria-label=${title}>
    <h3>${title}</h3>
    <div class="emoji-grid">${emoji.map((one, index) => {
      const text = inTone(one, tone);
      return html`<button type="button" key=${one.unicode} class="emoji-button" tabIndex=${index === 0 ? 0 : -1} aria-label=${one.label} title=${one.label} onClick=${() => onPick(text)}>${text}</button>`;
    })}</div>
  </section>`;
}

function Tone() {
  const { tone } = preferences.value;
  return html`<select aria-label=${say.emojiTone} value=${String(tone)} onChange=${(/** @type {any} */ event) => prefer({ tone: Number(event.target.value) })}>
    ${["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"].map((hand, number) => html`<option key=${hand} value=${String(number)} aria-label=${say.emojiTones[number]}>${hand}</option>`)}
  </select>`;
}

/** The arrow keys go from emoji to emoji: to the next one, or to the one above or below. @param {KeyboardEvent} event */
function moveFocus(event) {
  const from = event.target;
  if (!(from instanceof HTMLElement) || !event.key.startsWith("Arrow")) return;
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(".emoji-button")]);
  const next = neighbour(all, from, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/**
 * @param {HTMLElement[]} all
 * @param {HTMLElement} from
 * @param {string} key
 */
function neighbour(all, from, key) {
  const at = all.indexOf(from);
  const isReversed = getComputedStyle(from).direction === "rtl";
  if (key === "ArrowRight") return all[at + (isReversed ? -1 : 1)];
  if (key === "ArrowLeft") return all[at + (isReversed ? 1 : -1)];
  const box = from.getBoundingClientRect();
  const isDown = key === "ArrowDown";
  const beyond = (isDown ? all.slice(at + 1) : all.slice(0, at).reverse()).filter((one) => {
    const { top, left, right } = one.getBoundingClientRect();
    return (isDown ? top > box.top : top < box.top) && left <= box.left + 1 && right >= box.left;
  });
  return beyond[0];
}
