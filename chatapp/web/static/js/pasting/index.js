/** Formatted text from the clipboard as Markdown. DOMPurify reads the HTML, and Turndown writes the Markdown. */

import DOMPurify from "dompurify";
import { addTables } from "./tables.js";
import { isBold, isItalic, isStruck } from "./styles.js";
import { Turndown } from "./turndown.js";
import { addWordLists, markWordLists } from "./wordlists.js";

const converter = new Turndown({ headingStyle: "atx", hr: "---", bulletListMarker: "-", codeBlockStyle: "fenced", emDelimiter: "_", br: "" });

converter.addRule("styled", { filter: isStyled, replacement: styled });
converter.addRule("struck", { filter: ["del", "s"], replacement: (content) => marked(content, "~~") });
converter.addRule("item", { filter: "li", replacement: item });
converter.addRule("link", { filter: (node) => node.nodeName === "A", replacement: link });
converter.addRule("break", { filter: "br", replacement: () => "\n" });
addTables(converter);
addWordLists(converter);

const FIXED_WIDTH = /font-family:[^;]*(?:monospace|Consolas|Menlo|Courier)/iu;

/**
 * @param {string} markup
 * @returns {string} "" for text from a code editor, whose colours are no formatting
 */
export function markdownOf(markup) {
  // The page's policy forbids styles. Under another name the attributes still say what is bold.
  const inert = markup.replace(/<style[\s>][\s\S]*?<\/style>/giu, "").replace(/(\s)style=/giu, "$1data-style=");
  const root = /** @type {HTMLElement} */ (DOMPurify.sanitize(inert, { RETURN_DOM: true, FORBID_TAGS: ["style", "img", "svg", "math", "form", "input", "button", "textarea", "select"] }));
  if (isFromCodeEditor(root)) return "";
  markWordLists(root);
  return converter.turndown(root).replace(/\u00a0/gu, " ").replace(/[ \t]+$/gmu, "").trim();
}

/**
 * Code editors copy one element with a fixed-width font. What stands around it differs by browser and system.
 * @param {HTMLElement} root
 */
function isFromCodeEditor(root) {
  const [first, ...others] = root.children;
  return others.length === 0 && FIXED_WIDTH.test(first?.getAttribute("data-style") ?? "");
}

/** @param {HTMLElement} node */
function isStyled(node) {
  return ["SPAN", "FONT", "B", "STRONG", "I", "EM"].includes(node.nodeName);
}

/**
 * Word processors put everything into elements whose style says what they are; one puts all of it into a `b` that is not bold.
 * @param {string} content
 * @param {any} node
 */
function styled(content, node) {
  let result = content;
  if (isStruck(node)) result = marked(result, "~~");
  if (isItalic(node)) result = marked(result, "_");
  if (isBold(node)) result = marked(result, "**");
  return result;
}

/**
 * Marks stand at the letters, and spaces outside of them.
 * @param {string} content
 * @param {string} mark
 */
function marked(content, mark) {
  const text = content.trim();
  if (text === "" || text.includes("\n\n") || text.startsWith(mark)) return content;
  const at = content.indexOf(text);
  return content.slice(0, at) + mark + text + mark + content.slice(at + text.length);
}

/**
 * @param {string} content
 * @param {any} node
 */
function item(content, node) {
  const list = node.parentNode;
  const index = [...list.children].filter((child) => child.nodeName === "LI").indexOf(node);
  const prefix = list.nodeName === "OL" ? `${Number(list.getAttribute("start") ?? 1) + index}. ` : "- ";
  const text = content.trim().replace(/\n{2,}/gu, "\n").replace(/\n/gu, `\n${" ".repeat(prefix.length)}`);
  return `${prefix}${text}${node.nextElementSibling ? "\n" : ""}`;
}

/**
 * @param {string} content
 * @param {any} node
 */
function link(content, node) {
  const address = node.getAttribute("href") ?? "";
  if (!/^(?:https?|mailto):/iu.test(address) || !content.trim()) return content;
  return content.trim() === address ? `<${address}>` : `[${content.trim().replace(/\n+/gu, " ")}](<${address.replace(/[<>]/gu, encodeURIComponent)}>)`;
}
