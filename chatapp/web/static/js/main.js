/** Wires the page together. */

import { render } from "preact";
import { onUnauthorized } from "./api.js";
import { dropConnection, retryNow } from "./connection.js";
import { leaveKeysToInputMethod } from "./inputmethod.js";
import { putTray } from "./files/trays.js";
import { takeProgress } from "./files/uploads.js";
import { followClicks, followReading, followUnread } from "./notifications.js";
import { followState } from "./offline.js";
import { followTarget } from "./passages.js";
import { followPreferences } from "./preferences.js";
import { followPush } from "./push.js";
import { arrive } from "./providers.js";
import { followAttention, followOpenings } from "./readmarks.js";
import { applyLanguage } from "./language.js";
import { followSignIn } from "./renderer.js";
import { followAddress } from "./router.js";
import { onRenamed } from "./renames.js";
import { adoptEntry, forgetEntry } from "./sending.js";
import { checkSession, followOtherTab, followStorage, resume, startOver } from "./session.js";
import { followKeys } from "./shortcuts.js";
import * as store from "./store.js";
import { followOpenConversation, followSharing } from "./sync.js";
import { onTabMessage } from "./tabs.js";
import { followLook } from "./typing.js";
import { App } from "./views/app.js";
import { html } from "./views/html.js";
import { keepShell } from "./workerregistration.js";

async function start() {
  addEventListener("load", keepShell);
  await applyLanguage();
  leaveKeysToInputMethod();
  followPreferences();
  arrive();
  followAddress();
  followUnread();
  followReading();
  followClicks();
  followPush();
  followAttention();
  followOpenings();
  followOpenConversation();
  followTarget();
  followSharing();
  followLook();
  followState();
  followKeys();
  followStorage();
  followSignIn();
  watchAttention();
  watchRoom();
  watchNetwork();
  onUnauthorized(checkSession);
  onRenamed(startOver);
  onTabMessage(hearTab);
  draw();
  resume();
}

function draw() {
  const root = /** @type {HTMLElement} */ (document.getElementById("app"));
  root.replaceChildren();
  render(html`<${App} />`, root);
}

function watchAttention() {
  const look = () => (store.isAttended.value = document.visibilityState === "visible" && document.hasFocus());
  look();
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("blur", look);
}

/** Beside the list there is room for a conversation and a thread. */
function watchRoom() {
  const room = matchMedia("(width >= 1100px)");
  const look = () => (store.hasRoom.value = room.matches);
  look();
  room.addEventListener("change", look);
}

function watchNetwork() {
  addEventListener("online", retryNow);
  addEventListener("offline", () => {
    if (store.session.peek().status !== "signedIn") return;
    store.connection.value = "offline";
    dropConnection();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && retryNow());
}

/** @param {import("./tabs.js").TabMessage} message */
function hearTab(message) {
  if (message.type === "entry") adoptEntry(message.entry);
  else if (message.type === "gone") forgetEntry(message.clientId, message.message);
  else if (message.type === "session") followOtherTab(message.username);
  else if (message.type === "progress") takeProgress(message.id, message.share);
  else if (message.owner !== store.me.peek()) return;
  else if (message.type === "tray") putTray(message.key, message.files);
  else store.setDraft(message.key, message.text);
}

start();
