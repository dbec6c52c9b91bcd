/** The open conversation is in the address: `#/u/alice`, `#/g/12`. Back closes it; a reload keeps it. */

import { openKey } from "./store.js";
import { keyOf } from "./models/keys.js";

const ADDRESS = /^#\/([ug])\/(.+)$/u;

/** @param {string} key */
export function addressOf(key) {
  return `#/${key[0]}/${encodeURIComponent(key.slice(2))}`;
}

/** @returns {string | null} */
function keyInAddress() {
  const match = ADDRESS.exec(location.hash);
  if (!match) return null;
  try {
    return keyOf(decodeURIComponent(match[2]), match[1] === "g");
  } catch {
    return null;
  }
}

export function followAddress() {
  follow();
  addEventListener("hashchange", follow);
}

function follow() {
  openKey.value = keyInAddress();
}

/** @param {string} key */
export function goTo(key) {
  show(addressOf(key));
}

export function goToList() {
  show("#/");
}

/** Follows at once, before the browser's event, so that the next key goes to the opened conversation. @param {string} address */
function show(address) {
  location.hash = address;
  follow();
}
