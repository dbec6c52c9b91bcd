/** What draws messages, for tests that draw without a conversation. */

export { h, render } from "../../../chatapp/web/node_modules/preact/dist/preact.mjs";
export { Markdown } from "../../../chatapp/web/static/js/markdown/index.js";
export { forgetAll, parser } from "../../../chatapp/web/static/js/markdown/parser.js";
