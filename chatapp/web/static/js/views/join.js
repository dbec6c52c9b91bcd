/** Making an account: by an invitation's link, `#/join/<secret>`, or where everybody may. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, checkInvite } from "../api.js";
import { NoPasskey, canUsePasskeys, makePasskey, suggestedName } from "../passkeys.js";
import { join } from "../session.js";
import { say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { AccountFields, Problem, problemInAccount, refusalSentence, textsOf } from "./signinfields.js";

const INVITATION = /^#\/join\/([\w-]+)$/u;

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */

/** @returns {string | null} the secret of the invitation in the address */
export function inviteInAddress() {
  return INVITATION.exec(location.hash)?.[1] ?? null;
}

/** @param {{ onSignIn: () => void }} props */
export function Join({ onSignIn }) {
  const invite = inviteInAddress();
  const fields = { username: useSignal(""), firstName: useSignal(""), lastName: useSignal(""), password: useSignal("") };
  const error = useSignal("");
  const isBusy = useSignal(false);
  useEffect(() => void (invite && checkInvite(invite).catch((failure) => show(error, failure))), []);
  const run = async (/** @type {string} */ problem, /** @type {() => Promise<void>} */ request) => {
    error.value = problem;
    if (error.value || isBusy.peek()) return;
    isBusy.value = true;
    await request().catch((failure) => show(error, failure));
    isBusy.value = false;
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    return run(problemInAccount(fields), () => join({ ...textsOf(fields), invite: invite ?? undefined }));
  };
  const joinByPasskey = () => {
    const { username, firstName, lastName } = textsOf(fields);
    const account = { username, firstName, lastName, invite: invite ?? undefined };
    const request = async () => join({ ...account, passkey: await makePasskey("/passkeys/join/options", account, suggestedName()) });
    return run(username && firstName ? "" : say.joinPasskeyIncomplete, request);
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <${Problem} error=${error} />
    <${AccountFields} account=${fields} />
    <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.joinBusy : say.joinButton}</button>
    ${canUsePasskeys() && html`<button type="button" class="button" disabled=${isBusy.value} onClick=${joinByPasskey}><${Icon} name="key" size=${18} />${say.joinByPasskey}</button>`}
    <button type="button" class="button button-quiet" onClick=${onSignIn}>${say.joinHaveAccount}</button>
  </form>`;
}

/**
 * @param {TextSignal} error
 * @param {unknown} failure
 */
function show(error, failure) {
  if (!(failure instanceof ApiError || failure instanceof NoPasskey)) throw failure;
  error.value = failure instanceof NoPasskey ? say.passkeyCancelled : sentenceFor(failure);
}

/** @param {ApiError} failure */
function sentenceFor(failure) {
  const sentences = { invite_invalid: say.joinInvalid, joining_closed: say.joinClosed, conflict: say.joinTaken, invalid_input: say.joinUsernameHint, challenge_invalid: say.passkeyLate, password_common: say.joinPasswordCommon };
  return refusalSentence(failure, sentences, say.joinFailed);
}
