/** What a linter can hold: the language's traps, and the house rules that can be put as rules. */

const browser = ["window", "document", "location", "navigator", "history", "localStorage", "sessionStorage", "indexedDB", "IDBKeyRange", "fetch", "crypto",
  "URL", "URLSearchParams", "AbortController", "AbortSignal", "BroadcastChannel", "Response", "XMLHttpRequest", "createImageBitmap", "Notification", "AudioContext", "GainNode", "OscillatorNode", "TextEncoder",
  "ResizeObserver", "Event", "Element", "getComputedStyle", "getSelection", "innerHeight", "innerWidth", "HTMLElement", "HTMLDialogElement", "matchMedia", "addEventListener", "requestAnimationFrame", "queueMicrotask",
  "setTimeout", "clearTimeout", "setInterval", "clearInterval", "isSecureContext", "console", "DOMException", "atob", "btoa", "Audio", "Image", "ImageData", "MediaMetadata", "TextDecoder",
  "Blob", "MediaRecorder", "AnalyserNode", "OfflineAudioContext", "performance"];
const worker = ["self", "caches", "fetch", "location", "Response", "URL", "AbortSignal"];
export const node = ["process", "setTimeout", "performance", "URL", "Response", "AbortSignal"];

/** @param {string[]} names */
export const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

const DRAW_TEXT = { selector: "Identifier[name='dangerouslySetInnerHTML']", message: "Draw text as text." };

export const rules = {
  "array-callback-return": "error",
  "constructor-super": "error",
  curly: ["error", "multi-line"],
  "dot-notation": "error",
  eqeqeq: "error",
  "for-direction": "error",
  "getter-return": "error",
  "max-depth": ["error", 3],
  "max-lines": ["error", 300],
  "max-lines-per-function": ["error", { max: 45, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 5],
  "no-alert": "error",
  "no-async-promise-executor": "error",
  "no-class-assign": "error",
  "no-compare-neg-zero": "error",
  "no-cond-assign": "error",
  "no-console": "error",
  "no-const-assign": "error",
  "no-constant-binary-expression": "error",
  "no-constant-condition": "error",
  "no-debugger": "error",
  "no-dupe-else-if": "error",
  "no-dupe-keys": "error",
  "no-duplicate-case": "error",
  "no-duplicate-imports": "error",
  "no-empty": "error",
  "no-eval": "error",
  "no-fallthrough": "error",
  "no-func-assign": "error",
  "no-implicit-globals": "error",
  "no-implied-eval": "error",
  "no-import-assign": "error",
  "no-loss-of-precision": "error",
  "no-misleading-character-class": "error",
  "no-new-func": "error",
  "no-param-reassign": "error",
  "no-promise-executor-return": "off",
  "no-prototype-builtins": "error",
  "no-redeclare": "error",
  "no-restricted-properties": ["error", { property: "innerHTML" }, { property: "outerHTML" }, { property: "insertAdjacentHTML" }],
  "no-restricted-syntax": ["error", DRAW_TEXT],
  "no-script-url": "error",
  "no-self-assign": "error",
  "no-self-compare": "error",
  "no-shadow": "error",
  "no-throw-literal": "error",
  "no-undef": "error",
  "no-unreachable": "error",
  "no-unsafe-finally": "error",
  "no-unused-expressions": ["error", { allowShortCircuit: true, allowTernary: true }],
  "no-unused-vars": "error",
  "no-use-before-define": "off",
  "no-useless-escape": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "require-atomic-updates": "off",
  "use-isnan": "error",
  "valid-typeof": "error",
};

export default [
  { ignores: ["static/bundle/**", "static/vendor/**", "node_modules/**"] },
  { files: ["static/js/**/*.js"], ignores: ["static/js/service-worker.js"], languageOptions: { globals: readonly(browser) }, rules },
  { files: ["static/js/service-worker.js"], languageOptions: { globals: readonly(worker) }, rules },
  // A sentence that is read while a module loads stays in the language of that moment.
  {
    files: ["static/js/**/*.js"],
    rules: { "no-restricted-syntax": ["error", DRAW_TEXT, { selector: "MemberExpression[object.name='say']:not(:function MemberExpression)", message: "Read sentences in functions." }] },
  },
  // `fetch` is for api.js, and the socket for connection.js, alone.
  {
    files: ["static/js/**/*.js"],
    ignores: ["static/js/api.js", "static/js/service-worker.js"],
    rules: { "no-restricted-globals": ["error", { name: "fetch", message: "Only api.js calls the HTTP API." }] },
  },
  {
    files: ["static/js/**/*.js"],
    ignores: ["static/js/connection.js"],
    rules: { "no-restricted-imports": ["error", { name: "socket.io-client", message: "Only connection.js touches the socket." }] },
  },
  {
    files: ["static/js/models/**/*.js"],
    rules: { "no-restricted-globals": ["error", "document", "window", "location", "localStorage", "sessionStorage", "navigator", "fetch"] },
  },
];
