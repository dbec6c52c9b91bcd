/** The palette: finds people, groups and commands at once, and messages by the server while the user types. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../../strings.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { choicesOf } from "./palettechoices.js";
import { ChoiceGroups, FilterHelp, MessageState, OrderSwitch } from "./palettelist.js";
import { paletteSearch } from "./palettesearch.js";

/** @typedef {import("./palettesearch.js").Order} Order */

export function PaletteDialog() {
  const text = useSignal("");
  const order = useSignal(/** @type {Order} */ ("newest"));
  const chosen = useSignal(/** @type {string | null} */ (null));
  const { found, search, more, stop } = useMemo(paletteSearch, []);
  useEffect(() => stop, []);
  const showMore = () => more(text.peek(), order.peek());
  const choices = useComputed(() => choicesOf(text.value, found.value, showMore));
  const current = choices.value.find(({ id }) => id === chosen.value) ?? choices.value[0];

  const onInput = (/** @type {any} */ event) => {
    text.value = event.target.value;
    chosen.value = null;
    search(text.value, order.value);
  };
  const onOrder = (/** @type {Order} */ picked) => {
    order.value = picked;
    search(text.value, picked);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const to = event.key === "Enter" ? null : placeAfter(event.key, choices.value.indexOf(current), choices.value.length);
    if (to === undefined || event.isComposing) return;
    event.preventDefault();
    if (to === null) return void current?.run();
    chosen.value = choices.value[to]?.id ?? null;
    queueMicrotask(() => document.getElementById(chosen.peek() ?? "")?.scrollIntoView({ block: "nearest" }));
  };

  return html`<${Dialog} title=${say.palette}>
    <label class="search palette-field">
      <${Icon} name="search" size=${18} />
      <input id="palette" type="text" inputmode="search" enterkeyhint="go" dir="auto" autocomplete="off" autofocus spellcheck=${false} maxlength="300"
        role="combobox" aria-label=${say.paletteField} placeholder=${say.paletteField} aria-expanded="true" aria-controls="palette-list"
        aria-autocomplete="list" aria-activedescendant=${current?.id} value=${text} onInput=${onInput} onKeyDown=${onKeyDown} />
    </label>
    ${found.value.hits.length > 0 && html`<${OrderSwitch} order=${order.value} onOrder=${onOrder} />`}
    <div class="palette-results" role="region" aria-label=${say.paletteResults} tabIndex=${0}>
      <${ChoiceGroups} choices=${choices.value} current=${current} />
      <${MessageState} found=${found.value} text=${text.value} isEmpty=${choices.value.length === 0} />
      ${text.value.trim() === "" && html`<${FilterHelp} />`}
    </div>
  <//>`;
}

/**
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @returns {number | undefined} undefined for a key that does not move
 */
function placeAfter(key, at, count) {
  if (count === 0) return undefined;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at + count - 1) % count;
  if (key === "PageDown") return Math.min(count - 1, at + 8);
  return key === "PageUp" ? Math.max(0, at - 8) : undefined;
}
