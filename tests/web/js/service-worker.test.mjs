import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { ROOT } from "./support.mjs";

const ORIGIN = "http://localhost:8088";
const source = await readFile(new URL("service-worker.js", ROOT), "utf8");

/**
 * @param {object} network
 * @param {(request: { url: string }) => Promise<Response>} network.fetch
 * @param {string} [network.home] the folder of the worker
 * @returns {(path: string, mode?: string) => Promise<Response>} asks a worker whose cache the browser refuses
 */
function workerWithoutCache({ fetch, home = "/" }) {
  const listeners = new Map();
  const self = { addEventListener: (type, listener) => listeners.set(type, listener) };
  const caches = { match: () => Promise.reject(new Error("Access is denied")) };
  runInNewContext(source, { self, caches, fetch, location: new URL(`${home}service-worker.js`, ORIGIN), Response, URL, AbortSignal });
  return (path, mode = "cors") => {
    let answer;
    const request = { url: ORIGIN + path, method: "GET", mode };
    listeners.get("fetch")({ request, respondWith: (response) => (answer = response) });
    return answer;
  };
}

test("where the cache cannot be read, the page and its files come from the network", async () => {
  const ask = workerWithoutCache({ fetch: ({ url }) => Promise.resolve(new Response(`from ${url}`)) });
  assert.equal(await (await ask("/", "navigate")).text(), `from ${ORIGIN}/`);
  assert.equal(await (await ask("/assets/1/js/main.js")).text(), `from ${ORIGIN}/assets/1/js/main.js`);
});

test("where there is neither a cache nor a network, the browser says so", async () => {
  const ask = workerWithoutCache({ fetch: () => Promise.reject(new TypeError("Failed to fetch")) });
  assert.equal((await ask("/", "navigate")).type, "error");
});

test("below a path, the worker answers for the page and the files there, and for nothing else", async () => {
  const ask = workerWithoutCache({ fetch: ({ url }) => Promise.resolve(new Response(`from ${url}`)), home: "/chat/" });
  assert.equal(await (await ask("/chat/", "navigate")).text(), `from ${ORIGIN}/chat/`);
  assert.equal(await (await ask("/chat/assets/1/js/main.js")).text(), `from ${ORIGIN}/chat/assets/1/js/main.js`);
  for (const [path, mode] of [["/", "navigate"], ["/assets/1/js/main.js"], ["/chat/other/", "navigate"]]) assert.equal(ask(path, mode), undefined, path);
});

/** What is left of these caches when a worker in this folder has been installed. @param {string} home @param {string[]} names */
async function keptCaches(home, names) {
  const listeners = new Map();
  const found = new Set(names);
  const caches = {
    open: async (name) => (found.add(name), { addAll: async () => {} }),
    keys: async () => [...found],
    delete: async (name) => found.delete(name),
  };
  const self = { addEventListener: (type, listener) => listeners.set(type, listener), skipWaiting() {} };
  const fetch = async () => ({ json: async () => ({ version: "new", page: home, files: [] }) });
  runInNewContext(source, { self, caches, fetch, location: new URL(`${home}service-worker.js`, ORIGIN), URL });
  let work;
  listeners.get("install")({ waitUntil: (promise) => (work = promise) });
  await work;
  return [...found].sort();
}

test("a new version deletes the earlier one of its own path, and none of another installation at the origin", async () => {
  const old = ["shell-old", "shell /chat/ old", "shell /chat/b/ old", "of another service"];
  assert.deepEqual(await keptCaches("/", old), ["of another service", "shell /chat/ old", "shell /chat/b/ old", "shell-new"]);
  assert.deepEqual(await keptCaches("/chat/", old), ["of another service", "shell /chat/ new", "shell /chat/b/ old", "shell-old"]);
});
