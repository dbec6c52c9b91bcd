/** The list of a dialog's sections. */

import { useLayoutEffect } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";

/**
 * @typedef {{ id: string, title: () => string, hint: () => string }} Entry
 * @typedef {Entry & { Section: (props: any) => any }} Section
 */

/**
 * @param {object} props
 * @param {Entry[]} props.sections
 * @param {string} props.last the section that was open before, whose line gets the focus
 * @param {(section: any) => void} props.onChoose
 */
export function SectionMenu({ sections, last, onChoose }) {
  useLayoutEffect(() => void (last && document.getElementById(`section-${last}`)?.focus()), []);
  return html`<ul class="account-menu">${sections.map(
    (section) => html`<li key=${section.id}>
      <button type="button" id=${`section-${section.id}`} class="account-entry" onClick=${() => onChoose(section)}>
        <span class="entry-about"><b>${section.title()}</b><small>${section.hint()}</small></span><${Icon} name="next" size=${18} />
      </button>
    </li>`,
  )}</ul>`;
}
