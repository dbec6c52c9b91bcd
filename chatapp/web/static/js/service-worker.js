/** Caches the page and its files, so that the client opens offline. Never touches the API or the socket. */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const PREFIX = "shell-";
const PATIENCE_MILLISECONDS = 4_000;

worker.addEventListener("install", (event) => event.waitUntil(keepShell().then(() => worker.skipWaiting())));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/") event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(request));
});

/** Fetches files that are not cached yet. Deletes earlier versions when this version is complete. */
async function keepShell() {
  const shell = await (await fetch("/shell.json", { cache: "no-store" })).json();
  const name = PREFIX + shell.version;
  const cache = await caches.open(name);
  await cache.addAll([shell.page, ...shell.files]);
  const names = await caches.keys();
  await Promise.all(names.filter((found) => found.startsWith(PREFIX) && found !== name).map((found) => caches.delete(found)));
}

/**
 * Returns the newest page, or the cached page when the network is missing or very slow.
 * @param {Request} request
 */
async function page(request) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
    if (response.status < 500) return renewed(response);
  } catch {
    // Answered below.
  }
  return (await kept("/")) ?? Response.error();
}

/** The page names the version of its files, so a changed page means that there is a new shell to cache. */
async function renewed(/** @type {Response} */ response) {
  const known = await kept("/");
  const copy = response.clone();
  if (known && (await known.text()) !== (await copy.text())) keepShell().catch(() => {});
  return response;
}

/** A file's address changes with its content, so a cached file is current. @param {Request} request */
async function file(request) {
  return (await kept(request)) ?? fetch(request);
}

/**
 * A cache that cannot be read counts as empty, so the network is used. The page varies by language, and the one in the
 * cache is better than none.
 * @param {Request | string} request
 */
function kept(request) {
  return caches.match(request, { ignoreVary: true }).catch(() => undefined);
}
