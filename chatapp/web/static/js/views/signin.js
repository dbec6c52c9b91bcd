/** Signing in: by a name from the list, or by username and password, depending on the server. */

import { useSignal } from "@preact/signals";
import { ApiError } from "../api.js";
import { settings } from "../config.js";
import { failureSentence, say } from "../strings.js";
import { signIn } from "../session.js";
import { session } from "../store.js";
import { html } from "./html.js";
import { Join, inviteInAddress } from "./join.js";
import { LinkPage, linkInAddress } from "./linkpage.js";
import { SignInCard } from "./signincard.js";
import { PeoplePicker } from "./peoplepicker.js";
import { PasswordField, Problem } from "./signinfields.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

export function SignIn() {
  const isJoining = useSignal(inviteInAddress() !== null);
  const link = linkInAddress();
  if (link) return html`<${LinkPage} link=${link} />`;
  return isJoining.value
    ? html`<${SignInCard} title=${say.joinTitle} hint=${say.joinHint}><${Join} onSignIn=${() => (isJoining.value = false)} /><//>`
    : html`<${Choice} onJoin=${() => (isJoining.value = true)} />`;
}

/** @param {{ onJoin: () => void }} props */
function Choice({ onJoin }) {
  const isByName = settings.signIn === "username";
  return html`<${SignInCard} title=${settings.systemName || say.appName} hint=${isByName ? say.signInPickHint : say.tagline}>
    ${settings.isNew && html`<p class="note" role="status">${say.setupWaits}</p>`}
    ${session.value.reason && html`<p class="note" role="status">${session.value.reason}</p>`}
    ${isByName ? html`<${ByName} />` : html`<${ByPassword} />`}
    ${settings.joining === "open" && html`<button type="button" class="button button-quiet" onClick=${onJoin}>${say.joinOffer}</button>`}
  <//>`;
}

/** A name is enough, unless its account has a password. */
function ByName() {
  const chosen = useSignal("");
  const error = useSignal("");
  const isBusy = useSignal(false);
  const picked = useSignal("");
  const choose = async (/** @type {string} */ username) => {
    if (isBusy.peek()) return;
    picked.value = username;
    const failure = await attempt(isBusy, error, username);
    if (failure?.status !== 401) return;
    error.value = "";
    chosen.value = username;
  };
  if (chosen.value) return html`<${ByPassword} username=${chosen.value} onBack=${() => (chosen.value = "")} />`;
  return html`<${Problem} error=${error} /><${PeoplePicker} onPick=${choose} busyWith=${isBusy.value ? picked.value : ""} />`;
}

/** @param {{ username?: string, onBack?: () => void }} props */
function ByPassword({ username = "", onBack }) {
  const name = useSignal(username);
  const password = useSignal("");
  const error = useSignal("");
  const isBusy = useSignal(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const isComplete = name.value.trim() !== "" && password.value !== "";
    if (!isComplete) return void (error.value = say.signInIncomplete);
    await attempt(isBusy, error, name.value.trim(), password.value);
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    ${username && html`<p class="note">${say.signInNeedsPassword}</p>`}
    <${Problem} error=${error} />
    <label class="field">
      <span>${say.signInUsername}</span>
      <input name="username" autocomplete="username" autocapitalize="none" spellcheck=${false} value=${name} readOnly=${username !== ""}
        onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} />
    </label>
    <${PasswordField} password=${password} isFirst=${username !== ""} autocomplete="current-password" />
    <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.signInBusy : say.signInButton}</button>
    ${onBack && html`<button type="button" class="button button-quiet" onClick=${onBack}>${say.signInBack}</button>`}
  </form>`;
}

/**
 * @param {import("@preact/signals").Signal<boolean>} isBusy
 * @param {TextSignal} error
 * @param {string} username
 * @param {string} [password]
 * @returns {Promise<ApiError | null>} the error, which `error` already shows
 */
async function attempt(isBusy, error, username, password) {
  if (isBusy.peek()) return null;
  isBusy.value = true;
  error.value = "";
  try {
    await signIn(username, password);
    return null;
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    error.value = sentenceFor(failure, password !== undefined);
    return failure;
  } finally {
    isBusy.value = false;
  }
}

/**
 * @param {ApiError} failure
 * @param {boolean} hadPassword
 */
function sentenceFor(failure, hadPassword) {
  if (failure.isOffline) return say.signInOffline;
  if (failure.status === 401) return hadPassword ? say.signInWrong : say.signInWrongName;
  if (failure.status === 429) return say.signInTooMany({ seconds: failure.retryAfterSeconds });
  return failureSentence(failure.code, say.signInFailed);
}
