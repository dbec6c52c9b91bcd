/** What an element's style says, as it was pasted. */

/** @param {any} node */
function styleOf(node) {
  return String(node.getAttribute("data-style") ?? "").toLowerCase();
}

/** @param {any} node */
export function isBold(node) {
  const weight = /font-weight:\s*(\w+)/u.exec(styleOf(node))?.[1];
  if (weight) return weight === "bold" || weight === "bolder" || Number(weight) >= 600;
  return node.nodeName === "B" || node.nodeName === "STRONG";
}

/** @param {any} node */
export function isItalic(node) {
  const style = /font-style:\s*(\w+)/u.exec(styleOf(node))?.[1];
  if (style) return style !== "normal";
  return node.nodeName === "I" || node.nodeName === "EM";
}

/** @param {any} node */
export function isStruck(node) {
  return /text-decoration[\w-]*:[^;]*line-through/u.test(styleOf(node));
}
