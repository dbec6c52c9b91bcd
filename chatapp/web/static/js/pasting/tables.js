/** Tables, as spreadsheets and word processors have them: without a head, which Markdown wants, so the first row is it. */

/** @param {import("turndown")} converter */
export function addTables(converter) {
  converter.addRule("cell", { filter: ["th", "td"], replacement: cell });
  converter.addRule("row", { filter: "tr", replacement: row });
  converter.addRule("section", { filter: ["thead", "tbody", "tfoot"], replacement: (content) => content });
  converter.addRule("around", { filter: ["caption", "colgroup", "col"], replacement: () => "" });
  converter.addRule("table", { filter: "table", replacement: table });
}

/**
 * @param {string} content
 * @param {any} node
 */
function cell(content, node) {
  const text = content.trim().replace(/\s*\n\s*/gu, " ").replace(/\\?\|/gu, "\\|");
  return ` ${text} |${"  |".repeat(node.colSpan - 1)}`;
}

/**
 * @param {string} content
 * @param {any} node
 */
function row(content, node) {
  const rows = [...node.closest("table").rows];
  if (rows[0] !== node) return `\n|${content}`;
  return `\n|${content}\n|${" --- |".repeat(widthOf(rows))}`;
}

/** A table of one cell only holds a layout. @param {string} content @param {any} node */
function table(content, node) {
  const rows = [...node.rows];
  const only = rows.length === 1 && rows[0].cells.length === 1;
  const text = only ? (content.split("\n")[1] ?? "").replace(/^\| | \|$/gu, "") : content.trim();
  return `\n\n${text}\n\n`;
}

/** @param {any[]} rows */
function widthOf(rows) {
  return Math.max(...rows.map((one) => [...one.cells].reduce((sum, { colSpan }) => sum + colSpan, 0)));
}
