/** The avatar of a person (round, with a presence light) or of a group (square). */

import { hueOf, initials } from "../models/names.js";
import { classes, html } from "./html.js";

/**
 * @param {object} props
 * @param {string} props.id decides the colour
 * @param {string} props.name
 * @param {boolean} [props.group]
 * @param {boolean} [props.online] undefined for no light
 * @param {"small" | "medium" | "large"} [props.size]
 */
export function Avatar({ id, name, group = false, online, size = "medium" }) {
  const look = classes("avatar", `avatar-${size}`, `hue-${hueOf(id)}`, group && "avatar-group");
  const light = online !== undefined && html`<span class=${classes("light", online && "light-on")}></span>`;
  return html`<span class=${look} aria-hidden="true"><span>${initials(name)}</span>${light}</span>`;
}
