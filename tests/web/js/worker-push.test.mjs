/** What the service worker does with a push and a click, where no browser is needed for it. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { ROOT } from "./support.mjs";

const source = await readFile(new URL("service-worker.js", ROOT), "utf8");

/** A worker with these open pages, and what it has done. @param {object} given */
function worker({ pages = [], endpoint = "https://push.example.org/1", fetch = undefined } = {}) {
  const done = { shown: [], opened: [], badges: [], subscribed: [] };
  const listeners = new Map();
  const pushManager = {
    getSubscription: async () => ({ endpoint }),
    subscribe: async (options) => (done.subscribed.push(options), { toJSON: () => ({ endpoint: `${endpoint}/new`, keys: { p256dh: "p", auth: "a" } }) }),
  };
  const self = {
    addEventListener: (type, listener) => listeners.set(type, listener),
    registration: { pushManager, getNotifications: async () => [], showNotification: async (title, options) => done.shown.push({ title, ...options }) },
    clients: { matchAll: async () => pages, openWindow: async (address) => done.opened.push(address) },
    navigator: { setAppBadge: async (count) => done.badges.push(count) },
  };
  runInNewContext(source, { self, fetch, location: new URL("http://localhost:8088"), URL });
  const send = async (type, event) => {
    let work;
    listeners.get(type)({ ...event, waitUntil: (promise) => (work = promise) });
    await work;
  };
  return { done, push: (said) => send("push", { data: { json: () => said } }), send };
}

const SAID = { kind: "message", messageId: "12-345", title: "Bob", body: "hello", unread: 3 };

test("the badge of the installed app has the number that the server says", async () => {
  const { done, push } = worker();
  await push(SAID);
  await push({ kind: "read", messageId: "12-345", unread: 0 });
  assert.deepEqual(done.badges, [3, 0]);
});

test("a click opens the conversation at the message where no page is open", async () => {
  const { done, send } = worker();
  await send("notificationclick", { notification: { close() {}, data: { messageId: "12-345" } } });
  assert.deepEqual(done.opened, ["/#/c/12/345"]);
});

test("a click raises a page that is there, the visible one first, and tells it where to go", async () => {
  const told = [];
  const page = (name, visibilityState) => ({ visibilityState, focus: async () => told.push(name), postMessage: (data) => told.push(data) });
  const { done, send } = worker({ pages: [page("hidden", "hidden"), page("visible", "visible")] });
  await send("notificationclick", { notification: { close() {}, data: { messageId: "12-345" } } });
  assert.equal(JSON.stringify(told), JSON.stringify([{ type: "open", hash: "#/c/12/345" }, "visible"]));
  assert.deepEqual(done.opened, []);
});

test("a page with the focus tells of messages itself, but where a push service wants to see something", async () => {
  const pages = [{ focused: true }];
  const usual = worker({ pages });
  await usual.push(SAID);
  assert.equal(usual.done.shown.length, 0);
  const strict = worker({ pages, endpoint: "https://web.push.apple.com/1" });
  await strict.push(SAID);
  assert.equal(strict.done.shown.length, 1);
});

test("a subscription that the browser has ended is made anew", async () => {
  const calls = [];
  const answers = { "/shell.json": { apiPrefix: "/web", language: "de" }, "/web/push": { publicKey: "key" }, "/web/push/subscription": {} };
  const fetch = async (address, options) => (calls.push([address, options?.method, options?.body]), { json: async () => answers[address] });
  const { done, send } = worker({ fetch });
  await send("pushsubscriptionchange", {});
  assert.equal(JSON.stringify(done.subscribed), JSON.stringify([{ userVisibleOnly: true, applicationServerKey: "key" }]));
  const body = { endpoint: "https://push.example.org/1/new", keys: { p256dh: "p", auth: "a" }, language: "de" };
  assert.deepEqual(calls.at(-1), ["/web/push/subscription", "PUT", JSON.stringify(body)]);
});

test("what a later version of the server says is left alone", async () => {
  const { done, push } = worker();
  await push({ kind: "poem" });
  await push(null);
  assert.deepEqual(done, { shown: [], opened: [], badges: [], subscribed: [] });
});
