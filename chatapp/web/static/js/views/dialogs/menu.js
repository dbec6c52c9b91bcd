/** A button that opens a menu below it. Arrow keys move in it, Escape closes it. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";

/**
 * @typedef {object} Entry
 * @property {import("../icons.js").IconName} icon
 * @property {string} label
 * @property {() => void | Promise<string | void>} choose a text that it returns says why it did not work, and the menu stays open
 */

/** @param {{ label: string, icon: import("../icons.js").IconName, entries: Entry[] }} props */
export function Menu({ label, icon, entries }) {
  const isOpen = useSignal(false);
  const problem = useSignal("");
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const close = () => (isOpen.value = false);
  useCloseOutside(element, isOpen.value, close);
  useLayoutEffect(() => void (isOpen.value && itemsOf(element.current)[0]?.focus()), [isOpen.value]);

  const toggle = () => {
    problem.value = "";
    isOpen.value = !isOpen.value;
  };
  const choose = async (/** @type {Entry} */ entry) => {
    problem.value = (await entry.choose()) || "";
    if (problem.value) return;
    close();
    if (element.current?.contains(document.activeElement)) element.current.querySelector("button")?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (isOpen.value && moveInMenu(event, element.current)) event.preventDefault();
    if (event.key === "Tab") close();
    if (event.key !== "Escape" || !isOpen.value) return;
    event.preventDefault();
    close();
    element.current?.querySelector("button")?.focus();
  };
  return html`<span class="menu-place" ref=${element} onKeyDown=${onKeyDown}>
    <button type="button" class="icon-button" aria-label=${label} title=${label} aria-haspopup="menu" aria-expanded=${isOpen.value} onClick=${toggle}><${Icon} name=${icon} size=${22} /></button>
    ${isOpen.value && html`<div class="menu" role="menu" aria-label=${label}>
      ${entries.map((entry) => html`<button key=${entry.label} type="button" role="menuitem" tabIndex=${-1} onClick=${() => choose(entry)}><${Icon} name=${entry.icon} size=${18} /><span>${entry.label}</span></button>`)}
      <p class="problem" role="alert">${problem.value}</p>
    </div>`}
  </span>`;
}

/**
 * @param {{ current: HTMLElement | null }} element
 * @param {boolean} isOpen
 * @param {() => void} close
 */
function useCloseOutside(element, isOpen, close) {
  useEffect(() => {
    if (!isOpen) return undefined;
    const look = (/** @type {Event} */ event) => {
      if (!element.current?.contains(/** @type {Node} */ (event.target))) close();
    };
    document.addEventListener("pointerdown", look);
    return () => document.removeEventListener("pointerdown", look);
  }, [isOpen]);
}

/** @returns {HTMLElement[]} */
const itemsOf = (/** @type {HTMLElement | null} */ element) => [...(element?.querySelectorAll("[role=menuitem]") ?? [])].map((item) => /** @type {HTMLElement} */ (item));

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement | null} element
 * @returns {boolean} whether the key moved the focus
 */
function moveInMenu({ key }, element) {
  const items = itemsOf(element);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const targets = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  const target = targets[key];
  if (target === undefined) return false;
  items[(target + items.length) % items.length]?.focus();
  return true;
}
