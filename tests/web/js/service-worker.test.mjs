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
 * @returns {(path: string, mode?: string) => Promise<Response>} asks a worker whose cache the browser refuses
 */
function workerWithoutCache({ fetch }) {
  const listeners = new Map();
  const self = { addEventListener: (type, listener) => listeners.set(type, listener) };
  const caches = { match: () => Promise.reject(new Error("Access is denied")) };
  runInNewContext(source, { self, caches, fetch, location: new URL(ORIGIN), Response, URL, AbortSignal });
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
