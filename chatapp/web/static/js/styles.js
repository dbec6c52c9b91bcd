/** Styles that the page does without until a part of it is opened. */

import { addressOfFile } from "./config.js";

/**
 * @param {string[]} names of files in css/
 * @returns {Promise<unknown>} when they apply; also if one could not be loaded
 */
export function loadStyles(...names) {
  return Promise.all(names.map(loadOne));
}

/** @param {string} name */
function loadOne(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = addressOfFile(`css/${name}.css`);
  return new Promise((done) => {
    link.onload = done;
    link.onerror = done;
    document.head.append(link);
  });
}
