/** Signing in: by a name from the list, or by username and password, depending on the server. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../api.js";
import { settings } from "../config.js";
import { say } from "../strings.js";
import { NoPasskey, canUsePasskeys, withdrawPasskeys } from "../passkeys.js";
import { signIn, signInWithOfferedPasskey, signInWithPasskey } from "../session.js";
import { session } from "../store.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Join, inviteInAddress } from "./join.js";
import { LinkPage, linkInAddress } from "./linkpage.js";
import { SignInCard } from "./signincard.js";
import { PeoplePicker } from "./peoplepicker.js";
import { Providers } from "./providers.js";
import { PasswordField, Problem, refusalSentence } from "./signinfields.js";
import { SecondStep } from "./secondstep.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

export function SignIn() {
  const isJoining = useSignal(inviteInAddress() !== null);
  const isForgetting = useSignal(false);
  const link = linkInAddress();
  if (link) return html`<${LinkPage} link=${link} />`;
  if (isForgetting.value) return html`<${LinkPage} link=${{ kind: "forgot", secret: "" }} onDone=${() => (isForgetting.value = false)} />`;
  return isJoining.value
    ? html`<${SignInCard} title=${say.joinTitle} hint=${say.joinHint}><${Join} onSignIn=${() => (isJoining.value = false)} /><${Providers} invite=${inviteInAddress()} /><//>`
    : html`<${Choice} onJoin=${() => (isJoining.value = true)} onForget=${() => (isForgetting.value = true)} />`;
}

/** @param {{ onJoin: () => void, onForget: () => void }} props */
function Choice({ onJoin, onForget }) {
  const isByName = settings.signIn === "username";
  return html`<${SignInCard} title=${settings.systemName || say.appName} hint=${isByName ? say.signInPickHint : say.tagline}>
    ${settings.isNew && html`<p class="note" role="status">${say.setupWaits}</p>`}
    ${session.value.reason && html`<p class="note" role="status">${session.value.reason}</p>`}
    ${isByName ? html`<${ByName} />` : html`<${ByPassword} />`}
    <${Providers} invite=${null} />
    ${settings.canMail && html`<button type="button" class="button button-quiet" onClick=${onForget}>${say.forgotOffer}</button>`}
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
    const failure = await attempt(isBusy, error, () => signIn(username), { 401: say.signInWrongName });
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
  const needsCode = useSignal(false);
  const enter = async (/** @type {string} */ code) => {
    const failure = await attempt(isBusy, error, () => signIn(name.value.trim(), password.value, code || undefined), signInSentences());
    if (failure?.code !== "second_factor_required") return;
    error.value = "";
    needsCode.value = true;
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const isComplete = name.value.trim() !== "" && password.value !== "";
    if (!isComplete) return void (error.value = say.signInIncomplete);
    await enter("");
  };
  if (needsCode.value) return html`<${SecondStep} error=${error} isBusy=${isBusy.value} onCode=${enter} onBack=${() => (needsCode.value = false)} />`;
  return html`<form class="form" onSubmit=${submit} noValidate>
    ${username && html`<p class="note">${say.signInNeedsPassword}</p>`}
    <${Problem} error=${error} />
    <label class="field">
      <span>${say.signInUsername}</span>
      <input name="username" autocomplete="username webauthn" autocapitalize="none" spellcheck=${false} value=${name} readOnly=${username !== ""}
        onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} />
    </label>
    <${PasswordField} password=${password} isFirst=${username !== ""} autocomplete="current-password" />
    <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.signInBusy : say.signInButton}</button>
    ${onBack ? html`<button type="button" class="button button-quiet" onClick=${onBack}>${say.signInBack}</button>` : html`<${ByPasskey} name=${name} error=${error} isBusy=${isBusy} />`}
  </form>`;
}

/**
 * A passkey signs in alone. With a username in the field it has to be one of that account.
 * @param {{ name: TextSignal, error: TextSignal, isBusy: import("@preact/signals").Signal<boolean> }} props
 */
function ByPasskey({ name, error, isBusy }) {
  useEffect(() => {
    offer(error);
    return withdrawPasskeys;
  }, []);
  if (!canUsePasskeys()) return html`<p class="aside">${say.passkeysUnavailable}</p>`;
  const choose = async () => {
    await attempt(isBusy, error, () => signInWithPasskey(name.value.trim()), { 401: say.passkeyRefused });
    if (session.peek().status !== "signedIn") await offer(error);
  };
  return html`<button type="button" class="button" disabled=${isBusy.value} onClick=${choose}><${Icon} name="key" size=${18} />${say.passkeyUse}</button>`;
}

/** Signs in with what is chosen beside the username, and offers that again after a refusal. @param {TextSignal} error */
async function offer(error) {
  try {
    await signInWithOfferedPasskey();
  } catch (failure) {
    if (failure instanceof NoPasskey) return;
    if (!(failure instanceof ApiError)) throw failure;
    error.value = refusalSentence(failure, { challenge_invalid: say.passkeyLate, 401: say.passkeyRefused }, say.signInFailed);
    await offer(error);
  }
}

/** What a 401 means, by its code or in general. @typedef {Record<string, string>} Sentences */

/** @returns {Sentences} */
const signInSentences = () => ({ ...say.signInErrors, 401: say.signInWrong, wrong_code: say.codeWrong });

/**
 * @param {import("@preact/signals").Signal<boolean>} isBusy
 * @param {TextSignal} error
 * @param {() => Promise<void>} request
 * @param {Sentences} sentences
 * @returns {Promise<ApiError | null>} the error, which `error` already shows
 */
async function attempt(isBusy, error, request, sentences) {
  if (isBusy.peek()) return null;
  isBusy.value = true;
  error.value = "";
  try {
    await request();
    return null;
  } catch (failure) {
    if (!(failure instanceof ApiError || failure instanceof NoPasskey)) throw failure;
    error.value = failure instanceof NoPasskey ? say.passkeyCancelled : refusalSentence(failure, { challenge_invalid: say.passkeyLate, ...sentences }, say.signInFailed);
    return failure instanceof ApiError ? failure : null;
  } finally {
    isBusy.value = false;
  }
}
