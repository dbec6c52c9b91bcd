/** Signing in and out, and everything that starts and ends with a session. */

import * as api from "./api.js";
import { settings } from "./config.js";
import { connect, disconnect } from "./connection.js";
import { keepSeen, seenBy } from "./database.js";
import { recallDrafts } from "./drafts.js";
import { recallTrays } from "./files/trays.js";
import { forgetState, recallState } from "./offline.js";
import { offerPasskeys, signInByPasskey } from "./passkeys.js";
import { flush, recallOutbox, startSending } from "./sending.js";
import { serverEventHandlers } from "./serverevents.js";
import { onRecovered } from "./storage.js";
import { hasArrived, leaveFor, startSignIn } from "./providers.js";
import { leavePush } from "./push.js";
import * as store from "./store.js";
import { say } from "./strings.js";
import { tellTabs } from "./tabs.js";

/** The owner of notes that belong to the browser and to no user. */
const BROWSER = "";

/** Checks for a session on every page load. Offline, the last user sees the last known state. */
export async function resume() {
  try {
    if (await seenBy(BROWSER, "owesSignOut")) await payOffSignOut();
    const user = await api.currentUser();
    if (user && hasArrived()) tellTabs({ type: "session", username: user.username });
    if (user) await begin(user);
    else await end("");
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
    await resumeOffline(error);
  }
}

/** @param {api.ApiError} error */
async function resumeOffline(error) {
  const [username, isOwed] = await Promise.all([seenBy(BROWSER, "username"), seenBy(BROWSER, "owesSignOut")]);
  if (error.isOffline && username && !isOwed) await begin(asMember(username));
  else await end(say.signInOffline);
}

/**
 * @param {string} username
 * @param {string} [password]
 * @param {string} [code] of the second factor, or a recovery code
 */
export async function signIn(username, password, code) {
  await api.signIn(username, password, code);
  await start(username);
}

/** @param {string} username empty for whichever account the passkey is of */
export async function signInWithPasskey(username) {
  await signInByPasskey(username);
  await start(username);
}

/** Signs in with a passkey that is chosen among what the browser fills in, whenever that is. */
export async function signInWithOfferedPasskey() {
  if (await offerPasskeys()) await start("");
}

/**
 * Leaves for a provider, which sends the browser back to this page.
 * @param {string} provider
 * @param {string | null} invite
 */
export async function signInBy(provider, invite) {
  // A sign-out that is still owed would end the session that the browser comes back with.
  if (await seenBy(BROWSER, "owesSignOut")) await payOffSignOut();
  leaveFor(await startSignIn(provider, invite));
}

/** @param {Parameters<typeof api.join>[0]} account */
export async function join(account) {
  await api.join(account);
  // A link that is used up is of no more use, here and in the browser's history.
  history.replaceState(history.state, "", "#/");
  await start(account.username);
}

/**
 * Makes the first account of a new installation.
 * @param {{ secret: string, systemName: string, joining: string, username: string, firstName: string, lastName: string, password: string }} wanted
 */
export async function setUp(wanted) {
  await api.call("POST", "/setup", wanted);
  settings.systemName = wanted.systemName;
  settings.isNew = false;
  history.replaceState(history.state, "", "#/");
  await start(wanted.username);
}

/**
 * Chooses a new password by a link. Whoever has it signs in after that, which may need more than the password.
 * @param {string} secret
 * @param {string} password
 */
export async function choosePassword(secret, password) {
  await api.call("POST", "/reset", { secret, password });
  history.replaceState(history.state, "", "#/");
  store.session.value = { ...asMember(""), status: "signedOut", reason: say.resetDone };
}

/** @param {string} username */
async function start(username) {
  await keepSeen(BROWSER, "owesSignOut", false);
  const found = (await api.currentUser()) ?? asMember(username);
  tellTabs({ type: "session", username: found.username });
  await begin(found);
}

/** A sign-out without a network is stored and completed later, before the next sign-in. */
export async function signOut() {
  const username = store.me.peek();
  disconnect();
  tellTabs({ type: "session", username: "" });
  await keepSeen(BROWSER, "owesSignOut", true);
  await payOffSignOut().catch(() => {});
  await forgetState(username);
  await end(say.signedOut);
}

async function payOffSignOut() {
  try {
    await api.signOut();
  } catch (error) {
    if (error instanceof api.ApiError && error.isOffline) throw error;
  }
  await keepSeen(BROWSER, "owesSignOut", false);
}

/**
 * Changes my password. That ends all my sessions and begins another, so the connection of the old one is closed first, and
 * a page in another tab, which has heard that its session ended, goes on.
 * @param {string | null} current
 * @param {string} password
 */
export async function changePassword(current, password) {
  const { username, role } = store.session.peek();
  disconnect();
  try {
    await api.call("PATCH", "/password", { current, password });
    tellTabs({ type: "session", username });
  } finally {
    if (store.me.peek() === username) await begin({ username, role });
  }
}

/** How many sessions have begun, here and in other tabs. */
let sessionsBegun = 0;

/** Whose session the server sees. The answer for a session that another has followed meanwhile says nothing about that one. */
async function currentUser() {
  for (;;) {
    const before = sessionsBegun;
    const user = await api.currentUser();
    if (user || before === sessionsBegun) return user;
  }
}

/** The server ended the session of the connection. Another tab may have begun a new one. */
async function checkToken() {
  try {
    const user = await currentUser();
    if (user === null) await expire();
    else await begin(user);
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
  }
}

/** The server ended the session. */
async function expire() {
  if (store.session.peek().status !== "signedIn") return;
  await end(say.sessionExpired);
}

/** What is known of somebody without the server. @param {string} username @returns {store.SignedIn} */
const asMember = (username) => ({ username, role: "member" });

/** @param {store.SignedIn} user */
async function begin({ username, role }) {
  sessionsBegun++;
  if (store.me.peek() !== username) store.clear();
  store.session.value = { status: "signedIn", username, role, reason: "" };
  startSending();
  // In parallel, because each may wait for storage.
  await Promise.all([keepSeen(BROWSER, "username", username), recall(username)]);
  connect(username, serverEventHandlers({ onRefused: checkSession, onTokenExpired: checkToken }));
}

/** @param {string} username */
function recall(username) {
  return Promise.all([recallOutbox(username), recallDrafts(username), recallTrays(username), recallState(username)]);
}

/** Begins again after usernames have changed, mine perhaps. @param {string} username */
export async function startOver(username) {
  const { role } = store.session.peek();
  store.clear();
  await begin({ username, role });
}

/** Storage was late or had failed, and works now. Restores the data that the page lacked. */
export function followStorage() {
  onRecovered(async () => {
    const { status, username } = store.session.peek();
    if (status === "signedOut" || (await seenBy(BROWSER, "owesSignOut"))) return resume();
    if (username) await recall(username);
    return flush();
  });
}

/** @param {string} reason */
async function end(reason) {
  disconnect();
  // The server ends its part of the subscription with the session.
  leavePush().catch(() => {});
  store.session.value = { ...asMember(""), status: "signedOut", reason };
  store.clear();
  await keepSeen(BROWSER, "username", "");
}

/**
 * Asks the server whose session this is: a request or the socket was refused. Its session may have ended, another may have
 * begun in this tab or in another one, or the reason is temporary.
 */
export async function checkSession() {
  try {
    const user = await currentUser();
    if (user === null) await expire();
    else if (user.username !== store.me.peek()) await begin(user);
    else store.session.value = { ...store.session.peek(), ...user };
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
  }
}

/**
 * Another tab signed a user in or out. All tabs share the cookie, so this tab follows.
 * @param {string} username empty for out
 */
export async function followOtherTab(username) {
  sessionsBegun++;
  if (username === store.me.peek()) return;
  if (!username) return end(say.signedOut);
  await begin(asMember(username));
  // The other tab told no role.
  return checkSession();
}
