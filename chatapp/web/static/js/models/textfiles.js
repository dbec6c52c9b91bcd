/** Text files: how much of one is fetched and shown, and in which language it is written. */

/** How much of a file the page fetches. */
export const BEGINNING_BYTES = 65_536;

const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 2_000;

/**
 * @param {string} text
 * @returns {string} its first lines
 */
export function beginningLines(text) {
  const lines = text.split("\n", SHOWN_LINES + 1);
  const cut = lines.length > SHOWN_LINES ? `${lines.slice(0, SHOWN_LINES).join("\n")}\n…` : text;
  return cut.length > SHOWN_CHARACTERS ? `${[...cut].slice(0, SHOWN_CHARACTERS).join("")}…` : cut;
}

/** Endings whose language is called otherwise. @type {Record<string, string>} */
const LANGUAGES = { h: "c", hpp: "cpp", cc: "cpp", htm: "xml", html: "xml", svg: "xml", yml: "yaml", mjs: "javascript", cjs: "javascript", conf: "ini", toml: "ini", patch: "diff", rs: "rust", rb: "ruby", kt: "kotlin", pyi: "python", zsh: "bash" };
/** Endings of texts that are no code. */
const PLAIN = ["", "txt", "text", "log", "csv", "tsv", "srt"];

/**
 * @param {string} name of a file
 * @returns {string} a name or an ending by which the highlighter may know a language; empty for text that is no code
 */
export function languageOf(name) {
  const ending = /\.([^.\s]+)$/u.exec(name)?.[1].toLowerCase() ?? "";
  if (PLAIN.includes(ending)) return "";
  return LANGUAGES[ending] ?? ending;
}
