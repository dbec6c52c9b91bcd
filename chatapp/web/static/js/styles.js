/** Styles that the page does without until a part of it is opened. */

import { addressOfFile } from "./config.js";

/**
 * @param {string} name of a file in css/, or of several that the server joins: `SHEETS` of chatapp/web/assets.py
 * @returns {Promise<unknown>} when it applies; also if it could not be loaded
 */
export function loadStyles(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = addressOfFile(`css/${name}.css`);
  return new Promise((done) => {
    link.onload = done;
    link.onerror = done;
    document.head.append(link);
  });
}
