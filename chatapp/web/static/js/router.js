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
  const follow = () => (openKey.value = keyInAddress());
  follow();
  addEventListener("hashchange", follow);
}

/** @param {string} key */
export function goTo(key) {
  location.hash = addressOf(key);
}

export function goToList() {
  location.hash = "#/";
}
