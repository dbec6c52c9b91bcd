/** What the rest of the page uses of the Markdown renderer. */

export { CodeBlock } from "./code.js";
export { Markdown } from "./draw.js";
export { plainTextOf } from "./plaintext.js";
