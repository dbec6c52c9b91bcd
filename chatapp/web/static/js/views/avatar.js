/** The avatar of a person (round, with a presence light) or of a group (square). */

import { useSignal } from "@preact/signals";
import { addressOfPicture } from "../config.js";
import { hueOf, initials } from "../models/names.js";
import { people } from "../store.js";
import { classes, html } from "./html.js";

/** The pictures that the browser has: a row that is drawn again shows one at once. @type {Set<string>} */
const loaded = new Set();

/**
 * @param {object} props
 * @param {string} props.id decides the colour, and whose picture it is
 * @param {string} props.name
 * @param {boolean} [props.group]
 * @param {boolean} [props.online] undefined for no light
 * @param {"small" | "medium" | "large"} [props.size]
 */
export function Avatar({ id, name, group = false, online, size = "medium" }) {
  const look = classes("avatar", `avatar-${size}`, `hue-${hueOf(id)}`, group && "avatar-group");
  const light = online !== undefined && html`<span class=${classes("light", online && "light-on")}></span>`;
  const picture = group ? undefined : people.value.get(id)?.picture;
  return html`<span class=${look} aria-hidden="true"><span>${initials(name)}</span>${picture && html`<${Picture} key=${picture} picture=${picture} />`}${light}</span>`;
}

/** Covers the initials when it has loaded. The name is beside it, so it has no text of its own. @param {{ picture: string }} props */
function Picture({ picture }) {
  const isShown = useSignal(loaded.has(picture));
  const show = () => {
    loaded.add(picture);
    isShown.value = true;
  };
  return html`<img class=${classes("avatar-picture", isShown.value && "avatar-shown")} src=${addressOfPicture(picture)} alt="" loading="lazy" decoding="async" draggable=${false} onLoad=${show} />`;
}
