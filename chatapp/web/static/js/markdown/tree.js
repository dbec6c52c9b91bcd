/** markdown-it's flat tokens as a tree of the few kinds of nodes that the page draws. */

/**
 * @typedef {import("markdown-it").Token} Token
 *
 * @typedef {"paragraph" | "heading" | "quote" | "bullets" | "numbers" | "item" | "fence" | "rule"} BlockType
 * @typedef {"table" | "head" | "body" | "row" | "headCell" | "cell"} TableType
 * @typedef {"text" | "break" | "code" | "strong" | "emphasis" | "strike" | "spoiler" | "link"} InlineType
 *
 * @typedef {object} Node
 * @property {BlockType | TableType | InlineType} type
 * @property {string} [text] of a text, of code and of a fence
 * @property {string} [detail] a link's address, a fence's language, a cell's alignment
 * @property {string} [title] of a link
 * @property {number} [number] a heading's level, the first number of a list
 * @property {Node[]} children
 */

/** @type {Record<string, Node["type"]>} */
const CONTAINERS = {
  paragraph: "paragraph",
  heading: "heading",
  blockquote: "quote",
  bullet_list: "bullets",
  ordered_list: "numbers",
  list_item: "item",
  table: "table",
  thead: "head",
  tbody: "body",
  tr: "row",
  th: "headCell",
  td: "cell",
  strong: "strong",
  em: "emphasis",
  s: "strike",
  spoiler: "spoiler",
  link: "link",
};

/**
 * @param {Token[]} tokens
 * @returns {Node[]}
 */
export function treeOf(tokens) {
  /** @type {Node[]} */
  const root = [];
  const open = [root];
  for (const token of tokens) {
    const around = open[open.length - 1];
    if (token.nesting === 1) open.push(token.hidden ? around : addContainer(around, token));
    else if (token.nesting === -1) open.pop();
    else around.push(...leavesOf(token));
  }
  return root;
}

/**
 * @param {Node[]} around
 * @param {Token} token
 * @returns {Node[]} where its children go
 */
function addContainer(around, token) {
  const type = CONTAINERS[token.type.replace("_open", "")];
  /** @type {Node} */
  const node = { type, children: [] };
  if (type === "heading") node.number = Number(token.tag.slice(1));
  if (type === "numbers") node.number = Number(token.attrGet("start") ?? 1);
  if (type === "headCell" || type === "cell") node.detail = attributeOf(token, "style").replace("text-align:", "");
  if (type === "link") Object.assign(node, { detail: attributeOf(token, "href"), title: attributeOf(token, "title") });
  around.push(node);
  return node.children;
}

/**
 * @param {Token} token
 * @returns {Node[]}
 */
function leavesOf(token) {
  const text = token.content;
  switch (token.type) {
    case "inline":
      return treeOf(token.children ?? []);
    case "code_inline":
      return [{ type: "code", text, children: [] }];
    case "fence":
    case "code_block":
      return [{ type: "fence", text: text.replace(/\n$/u, ""), detail: languageOf(token), children: [] }];
    case "softbreak":
      return [{ type: "text", text: "\n", children: [] }];
    case "hardbreak":
      return [{ type: "break", children: [] }];
    case "hr":
      return [{ type: "rule", children: [] }];
    case "image":
      return [imageOf(token)];
    default:
      return text ? [{ type: "text", text, children: [] }] : [];
  }
}

/**
 * @param {Token} token
 * @param {string} name
 */
function attributeOf(token, name) {
  return String(token.attrGet(name) ?? "");
}

/** @param {Token} token */
function languageOf(token) {
  return token.info.trim().split(/\s+/u)[0];
}

/**
 * A link to the picture. The page loads nothing from elsewhere.
 * @param {Token} token
 * @returns {Node}
 */
function imageOf(token) {
  const detail = attributeOf(token, "src");
  const text = token.children?.map(wordsOf).join("") || detail;
  return { type: "link", detail, title: attributeOf(token, "title"), children: [{ type: "text", text, children: [] }] };
}

/**
 * A picture's description without marks, as a link holds no other link.
 * @param {Token} token
 * @returns {string}
 */
function wordsOf({ type, content, children }) {
  if (children && children.length > 0) return children.map(wordsOf).join("");
  return type === "softbreak" || type === "hardbreak" ? "\n" : content;
}
