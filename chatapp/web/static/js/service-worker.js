/** Caches the page and its files, so that the client opens offline; shows notifications. Touches no other part of the API. */

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

/**
 * What the server sends by push: `chatapp/push/contents.py`. `messageId` is the newest message of a notification, or the
 * last one that was read on another device; `unread` the number for the badge.
 * @typedef {{ kind: "message", messageId: string, title: string, body: string, unread: number }
 *   | { kind: "read", messageId: string, unread: number }
 *   | { kind: "test", title: string, body: string }} Said
 */

/** Push services that end a subscription after a few messages that show nothing, whatever page is open. */
const SHOWS_ALL = /^https:\/\/[^/]+\.push\.apple\.com\//u;
const ICON = "/favicon.ico";

worker.addEventListener("push", (event) => event.waitUntil(hear(event.data?.json() ?? null)));
worker.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
worker.addEventListener("pushsubscriptionchange", (event) => /** @type {ExtendableEvent} */ (event).waitUntil(subscribeAgain()));

/** @param {Said | null} said */
async function hear(said) {
  if (said?.kind === "message") await show(said);
  else if (said?.kind === "read") await close(said.messageId);
  else if (said?.kind === "test") await worker.registration.showNotification(said.title, { body: said.body, tag: "test", icon: ICON });
  if (said && "unread" in said) await showBadge(said.unread);
}

/**
 * One notification of each conversation. A page in the background may have shown this message already; it is shown again
 * without a sound, since browsers want to see something of every push.
 * @param {{ messageId: string, title: string, body: string }} said
 */
async function show({ messageId, title, body }) {
  const [number, sequence] = parts(messageId);
  const [shown] = await worker.registration.getNotifications({ tag: number });
  const isShown = shown !== undefined && parts(shown.data?.messageId)[1] >= sequence;
  if (!isShown && (await isLookedAt())) return;
  const options = { body, tag: number, data: { messageId }, icon: ICON, badge: ICON, renotify: !isShown, silent: isShown || undefined };
  await worker.registration.showNotification(title, options);
}

/** Whether a page of this chat has the focus: it tells of messages itself. */
async function isLookedAt() {
  const pages = await worker.clients.matchAll({ type: "window" });
  if (!pages.some((one) => /** @type {WindowClient} */ (one).focused)) return false;
  const subscription = await worker.registration.pushManager.getSubscription();
  return !SHOWS_ALL.test(subscription?.endpoint ?? "");
}

/** @param {string} messageId the last message that was read */
async function close(messageId) {
  const [number, sequence] = parts(messageId);
  for (const shown of await worker.registration.getNotifications({ tag: number })) {
    if (parts(shown.data?.messageId)[1] <= sequence) shown.close();
  }
}

/** Browsers without badges have no such function. @param {number} unread 0 for no badge */
async function showBadge(unread) {
  await worker.navigator.setAppBadge?.(unread).catch(() => {});
}

/** Opens the conversation at the message, in a page that is there or in a new one. @param {Notification} notification */
async function open(notification) {
  notification.close();
  const { messageId } = notification.data ?? {};
  const hash = messageId ? `#/c/${messageId.replace("-", "/")}` : "#/";
  const pages = /** @type {WindowClient[]} */ (await worker.clients.matchAll({ type: "window", includeUncontrolled: true }));
  const opened = pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
  if (!opened) return worker.clients.openWindow(`/${hash}`);
  opened.postMessage({ type: "open", hash });
  return opened.focus();
}

/** The browser has ended its subscription by itself. The next page subscribes again if this fails. */
async function subscribeAgain() {
  const { apiPrefix, language } = await (await fetch("/shell.json", { cache: "no-store" })).json();
  const { publicKey } = await (await fetch(`${apiPrefix}/push`)).json();
  const subscription = await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint, keys } = subscription.toJSON();
  const headers = { "Content-Type": "application/json" };
  await fetch(`${apiPrefix}/push/subscription`, { method: "PUT", headers, body: JSON.stringify({ endpoint, keys, language }) });
}

/** The number of a conversation, and the sequence of a message in it. @param {string} messageId @returns {[string, number]} */
function parts(messageId) {
  const [number = "", sequence = "0"] = String(messageId ?? "").split("-");
  return [number, Number(sequence)];
}
