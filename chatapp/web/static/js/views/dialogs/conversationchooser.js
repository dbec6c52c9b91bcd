/** Picks people and groups that I may write to: the picked ones, and a search through all others. */

import { useSignal } from "@preact/signals";
import { filterLines } from "../../models/list.js";
import { isAmong } from "../../models/permissions.js";
import { say } from "../../strings.js";
import { conversationOf, isOnline, lines } from "../../store.js";
import { Avatar } from "../avatar.js";
import { BotBadge } from "../botbadge.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { Empty } from "../states.js";

/**
 * @typedef {import("../../models/conversation.js").Conversation} Conversation
 * @typedef {import("@preact/signals").Signal<string[]>} Keys
 */

const FOUND_MAX = 40;

/** @param {{ picked: Keys }} props the keys of the picked conversations */
export function ConversationChooser({ picked }) {
  const text = useSignal("");
  const found = search(text.value);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.isComposing || text.value.trim() === "") return;
    event.preventDefault();
    const first = found.find(({ key }) => !picked.value.includes(key));
    if (first) toggle(picked, first.key);
    if (first) text.value = "";
  };
  return html`<div class="picked" aria-live="polite">
    <small>${say.forwardPicked({ count: picked.value.length })}</small>
    <ul>${picked.value.map((key) => html`<${Chip} key=${key} id=${key} picked=${picked} />`)}</ul>
  </div>
  <fieldset class="finder">
    <legend>${say.forwardTo}</legend>
    <label class="search">
      <${Icon} name="search" size=${18} />
      <input type="search" dir="auto" aria-label=${say.forwardFind} placeholder=${say.forwardFind} value=${text} autocomplete="off" autofocus
        onInput=${(/** @type {any} */ event) => (text.value = event.target.value)} onKeyDown=${onKeyDown} />
    </label>
    <div class="found found-short">
      ${found.length === 0 && html`<${Empty} title=${say.listNoMatch({ text: text.value.trim() })} />`}
      ${found.map((conversation) => html`<${Choice} key=${conversation.key} conversation=${conversation} picked=${picked} />`)}
    </div>
  </fieldset>`;
}

/** @param {{ id: string, picked: Keys }} props */
function Chip({ id, picked }) {
  const name = titleOf(conversationOf(id));
  return html`<li><button type="button" class="chip" aria-label=${say.groupRemove({ name })} onClick=${() => toggle(picked, id)}><bdi>${name}</bdi><${Icon} name="close" size=${14} /></button></li>`;
}

/** @param {{ conversation: Conversation, picked: Keys }} props */
function Choice({ conversation, picked }) {
  const { key, receiver, group, name } = conversation;
  return html`<label class="choice">
    <${Avatar} id=${receiver} name=${name} group=${group} online=${group ? undefined : isOnline(receiver)} size="small" />
    <span class="person-text"><b><bdi>${titleOf(conversation)}</bdi></b>${!group && html`<small><bdi>@${receiver}</bdi></small>`}</span>
    ${!group && html`<${BotBadge} username=${receiver} />`}
    <input type="checkbox" checked=${picked.value.includes(key)} onChange=${() => toggle(picked, key)} />
  </label>`;
}

/** @param {string} text */
function search(text) {
  const writable = lines.value.filter(({ conversation: { group, role, writers } }) => !group || isAmong(role, writers));
  return filterLines(writable, text).slice(0, FOUND_MAX).map(({ conversation }) => conversation);
}

/**
 * @param {Keys} picked
 * @param {string} key
 */
function toggle(picked, key) {
  picked.value = picked.value.includes(key) ? picked.value.filter((other) => other !== key) : [...picked.value, key];
}
