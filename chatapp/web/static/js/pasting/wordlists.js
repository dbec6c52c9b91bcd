/** Lists of Microsoft Word, which are paragraphs that begin with a bullet and say so in their style. */

const NUMBER = /^\s*\(?(?:\d+|[a-z]{1,3})[.)]/iu;

/** Takes the bullets out of the paragraphs and remembers the items. @param {HTMLElement} root */
export function markWordLists(root) {
  for (const paragraph of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("p[data-style*='mso-list']"))) {
    const level = Number(/level(\d)/u.exec(paragraph.dataset.style ?? "")?.[1] ?? 1);
    const bullet = paragraph.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
    paragraph.dataset.item = NUMBER.test(bullet?.textContent ?? "") ? "1." : "-";
    paragraph.dataset.level = String(level);
    bullet?.remove();
  }
}

/** @param {import("turndown")} converter */
export function addWordLists(converter) {
  converter.addRule("wordItem", {
    filter: (node) => node.nodeName === "P" && Boolean(node.dataset.item),
    replacement: (content, node) => `\n${indentOf(node)}${/** @type {HTMLElement} */ (node).dataset.item} ${content.trim()}\n`,
  });
}

/** @param {any} node */
function indentOf(node) {
  return "   ".repeat(Number(node.dataset.level) - 1);
}
