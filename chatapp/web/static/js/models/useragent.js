/** Names for a User-Agent, for people who look for a device of theirs in a list. A guess, and never used for anything else. */

/** The first that matches counts: most browsers also name those that they descend from. @type {[RegExp, string][]} */
const BROWSERS = [
  [/Edg(e|A|iOS)?\//u, "Edge"],
  [/OPR\/|Opera/u, "Opera"],
  [/SamsungBrowser\//u, "Samsung Internet"],
  [/(Firefox|FxiOS)\//u, "Firefox"],
  [/(Chrome|CriOS|Chromium)\//u, "Chrome"],
  [/Safari\//u, "Safari"],
];

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/Windows/u, "Windows"],
  [/iPhone|iPad|iPod/u, "iOS"],
  [/Android/u, "Android"],
  [/CrOS/u, "ChromeOS"],
  [/Mac OS X|Macintosh/u, "macOS"],
  [/Linux|X11/u, "Linux"],
];

/**
 * @param {string} userAgent
 * @returns {{ browser: string, system: string }} empty for what is not known
 */
export function deviceOf(userAgent) {
  return { browser: firstIn(BROWSERS, userAgent), system: firstIn(SYSTEMS, userAgent) };
}

/** @param {[RegExp, string][]} names @param {string} text */
function firstIn(names, text) {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}
