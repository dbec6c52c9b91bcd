/** Making an account: by an invitation's link, `#/join/<secret>`, or where everybody may. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, checkInvite } from "../api.js";
import { NoPasskey, canUsePasskeys, makePasskey, suggestedName } from "../passkeys.js";
import { join } from "../session.js";
import { failureSentence, say } from "../strings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { PasswordField, Problem, SHORTEST_PASSWORD, TextField } from "./signinfields.js";

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
    return run(problemIn(fields), () => join({ ...texts(fields), invite: invite ?? undefined }));
  };
  const joinByPasskey = () => {
    const { username, firstName, lastName } = texts(fields);
    const account = { username, firstName, lastName, invite: invite ?? undefined };
    const request = async () => join({ ...account, passkey: await makePasskey("/passkeys/join/options", account, suggestedName()) });
    return run(username && firstName ? "" : say.joinPasskeyIncomplete, request);
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <${Problem} error=${error} />
    <${TextField} name="firstName" label=${say.joinFirstName} text=${fields.firstName} autocomplete="given-name" />
    <${TextField} name="lastName" label=${say.joinLastName} text=${fields.lastName} autocomplete="family-name" />
    <${TextField} name="username" label=${say.signInUsername} text=${fields.username} autocomplete="username" hint=${say.joinUsernameHint} />
    <${PasswordField} password=${fields.password} isFirst=${false} autocomplete="new-password" hint=${say.joinPasswordHint({ count: SHORTEST_PASSWORD })} />
    <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.joinBusy : say.joinButton}</button>
    ${canUsePasskeys() && html`<button type="button" class="button" disabled=${isBusy.value} onClick=${joinByPasskey}><${Icon} name="key" size=${18} />${say.joinByPasskey}</button>`}
    <button type="button" class="button button-quiet" onClick=${onSignIn}>${say.joinHaveAccount}</button>
  </form>`;
}

/** @param {Record<string, TextSignal>} fields */
function texts(fields) {
  const { username, firstName, lastName, password } = fields;
  return { username: username.value.trim(), firstName: firstName.value.trim(), lastName: lastName.value.trim(), password: password.value };
}

/** @param {Record<string, TextSignal>} fields */
function problemIn(fields) {
  const { username, firstName, password } = texts(fields);
  if (!username || !firstName || !password) return say.joinIncomplete;
  return [...password].length < SHORTEST_PASSWORD ? say.joinPasswordHint({ count: SHORTEST_PASSWORD }) : "";
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
  if (failure.isOffline) return say.signInOffline;
  if (failure.status === 429) return say.signInTooMany({ seconds: failure.retryAfterSeconds });
  /** @type {Record<string, string>} */
  const sentences = { invite_invalid: say.joinInvalid, joining_closed: say.joinClosed, conflict: say.joinTaken, invalid_input: say.joinUsernameHint, challenge_invalid: say.passkeyLate };
  return sentences[failure.code] ?? failureSentence(failure.code, say.joinFailed);
}
