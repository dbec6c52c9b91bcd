/** The client's rules, for its unit tests. */

import { node, readonly, rules } from "../../../chatapp/web/eslint.config.js";

export default [{ files: ["**/*.mjs"], languageOptions: { globals: readonly(node) }, rules: { ...rules, "max-lines-per-function": "off", "no-script-url": "off" } }];
