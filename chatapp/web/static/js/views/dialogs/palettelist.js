/** The parts of the palette: groups of choices, the state of the message search, and the help for its filters. */

import { iconOf } from "../../models/files.js";
import { snippetOf } from "../../models/snippet.js";
import { shortMoment } from "../../models/time.js";
import { say } from "../../strings.js";
import { isOnline, me, nameOf } from "../../store.js";
import { Avatar } from "../avatar.js";
import { BotBadge } from "../botbadge.js";
import { classes, html } from "../html.js";
import { Icon } from "../icons.js";
import { titleOf } from "../line.js";
import { Summary } from "../summary.js";

/**
 * @typedef {import("./palettechoices.js").Choice} Choice
 * @typedef {import("./palettechoices.js").MessageChoice} MessageChoice
 * @typedef {import("./palettesearch.js").Order} Order
 */

const GROUPS = [
  { labelOf: () => say.people, types: ["conversation"] },
  { labelOf: () => say.paletteCommands, types: ["command"] },
  { labelOf: () => say.paletteMessages, types: ["message", "more"] },
];

/** @param {{ choices: Choice[], current: Choice | undefined }} props */
export function ChoiceGroups({ choices, current }) {
  return html`<div id="palette-list" role="listbox" aria-label=${say.paletteResults}>
    ${GROUPS.map(({ labelOf, types }) => {
      const label = labelOf();
      const members = choices.filter(({ type }) => types.includes(type));
      return members.length > 0 && html`<div key=${label} role="group" aria-label=${label} class="palette-group">
        <p class="palette-label" aria-hidden="true">${label}</p>
        ${members.map((choice) => html`<${Option} key=${choice.id} choice=${choice} isCurrent=${choice === current} />`)}
      </div>`;
    })}
  </div>`;
}

/** The field keeps the focus, so that typing can go on. @param {{ choice: Choice, isCurrent: boolean }} props */
function Option({ choice, isCurrent }) {
  const keepFocus = (/** @type {Event} */ event) => event.preventDefault();
  return html`<div id=${choice.id} role="option" class=${classes("palette-option", isCurrent && "palette-current")} aria-selected=${isCurrent}
    onMouseDown=${keepFocus} onClick=${choice.run}>${drawChoice(choice)}</div>`;
}

/** @param {Choice} choice */
function drawChoice(choice) {
  if (choice.type === "command") return html`<span class="palette-icon"><${Icon} name=${choice.icon} /></span><span>${choice.text}</span>`;
  if (choice.type === "more") return html`<span class="palette-icon"><${Icon} name="down" /></span><span>${say.paletteMore}</span>`;
  if (choice.type === "message") return html`<${MessageHit} choice=${choice} />`;
  const { conversation } = choice;
  const { receiver, group, name } = conversation;
  return html`<${Avatar} id=${receiver} name=${name} group=${group} online=${group ? undefined : isOnline(receiver)} size="small" />
    <span class="person-text"><b><bdi>${titleOf(conversation)}</bdi></b>${!group && html`<small><bdi>@${receiver}</bdi></small>`}</span>
    ${!group && html`<${BotBadge} username=${receiver} />`}`;
}

/** @param {{ choice: MessageChoice }} props */
function MessageHit({ choice: { hit, conversation } }) {
  const { message } = hit;
  const name = nameOf(message.sender);
  const where = hit.group || message.sender === me.value ? titleOf(conversation) : "";
  return html`<${Avatar} id=${message.sender} name=${name} size="small" />
    <span class="palette-hit">
      <span class="palette-hit-top">
        <b><bdi>${name}</bdi></b><${BotBadge} username=${message.sender} />${where && html`<small>${hit.group ? say.paletteIn : say.paletteTo} <bdi>${where}</bdi></small>`}
        <time dateTime=${message.timestamp}>${shortMoment(message.timestamp)}</time>
      </span>
      <span class="palette-snippet" dir="auto"><${HitText} hit=${hit} /></span>
    </span>`;
}

/**
 * The names of files that match, and the text where it matches; the message in one line if nothing does.
 * @param {{ hit: import("../../protocol.js").Hit }} props
 */
function HitText({ hit: { message, ranges, fileRanges } }) {
  const files = (message.files ?? []).flatMap((file, index) => (fileRanges[index]?.length ? [{ file, ranges: fileRanges[index] }] : []));
  if (files.length === 0 && ranges.length === 0 && message.files) return html`<${Summary} message=${message} />`;
  const names = files.map(({ file, ranges: found }) => html`<span class="summary-symbol"><${Icon} name=${iconOf(file)} size=${15} /></span> <bdi>${marked(file.name, found)}</bdi> `);
  return html`${names}${(names.length === 0 || ranges.length > 0) && marked(message.content, ranges)}`;
}

/** @param {string} text @param {[number, number][]} ranges */
const marked = (text, ranges) => snippetOf(text, ranges).map((piece) => (piece.isMark ? html`<mark>${piece.text}</mark>` : piece.text));

/** @param {{ order: Order, onOrder: (order: Order) => void }} props */
export function OrderSwitch({ order, onOrder }) {
  /** @type {[Order, string][]} */
  const orders = [
    ["newest", say.paletteNewest],
    ["relevance", say.paletteBest],
  ];
  return html`<fieldset class="segments palette-order"><legend class="unseen">${say.paletteOrder}</legend>
    ${orders.map(([value, label]) => html`<label key=${value}><input type="radio" name="palette-order" value=${value} checked=${order === value} onChange=${() => onOrder(value)} /><span>${label}</span></label>`)}
  </fieldset>`;
}

/** @param {{ found: import("./palettesearch.js").Found, text: string, isEmpty: boolean }} props */
export function MessageState({ found, text, isEmpty }) {
  const isNothing = found.status === "ready" && isEmpty;
  return html`<div class="palette-state" role="status">
    ${found.status === "loading" && html`<span class="spinner" aria-hidden="true"></span><span class="unseen">${say.paletteSearching}</span>`}
    ${found.status === "failed" && html`<p class="state-hint">${found.sentence}</p>`}
    ${found.status === "ready" && found.hits.length > 0 && html`<span class="unseen">${(found.cursor ? say.paletteFoundFirst : say.paletteFound)({ count: found.hits.length })}</span>`}
    ${found.status === "ready" && found.hits.length === 0 && html`<p class="state-hint">${isNothing ? say.listNoMatch({ text: text.trim() }) : say.paletteNoMessages}</p>`}
  </div>`;
}

export function FilterHelp() {
  return html`<section class="palette-help" aria-label=${say.paletteFilters}>
    <p class="palette-label" aria-hidden="true">${say.paletteFilters}</p>
    <dl>${say.paletteFilterHints.map(([filter, hint]) => html`<div key=${filter}><dt><kbd dir="ltr">${filter}</kbd></dt><dd>${hint}</dd></div>`)}</dl>
  </section>`;
}
