/** A switch: on or off. */

import { html } from "../html.js";

/** @param {{ label: string, hint: string, isOn: boolean, isDisabled?: boolean, onChange: (isOn: boolean) => void }} props */
export function Switch({ label, hint, isOn, isDisabled = false, onChange }) {
  const change = (/** @type {any} */ event) => {
    onChange(event.target.checked);
    event.target.checked = isOn;
  };
  return html`<label class="switch">
    <span><b>${label}</b><small>${hint}</small></span>
    <input type="checkbox" role="switch" checked=${isOn} disabled=${isDisabled} onChange=${change} />
  </label>`;
}
