/**
 * Turndown. When it is loaded it tries whether the browser parses strings, which the page's policy forbids and reports.
 * Without a parser it does not try. It needs none, as it is given elements.
 */

const found = Object.getOwnPropertyDescriptor(window, "DOMParser");
Object.defineProperty(window, "DOMParser", { ...found, value: undefined });

/** @type {typeof import("turndown")} */
let Turndown;
try {
  Turndown = (await import("turndown")).default;
} finally {
  Object.defineProperty(window, "DOMParser", found ?? {});
}

export { Turndown };
