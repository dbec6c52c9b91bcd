/** Choosing a new password by a link that an administrator made. It signs in. */

import { useSignal } from "@preact/signals";
import { ApiError } from "../../api.js";
import { choosePassword } from "../../session.js";
import { failureSentence, say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { PasswordField, Problem, SHORTEST_PASSWORD } from "../signinfields.js";

/** @param {{ secret: string }} props */
export function Reset({ secret }) {
  const password = useSignal("");
  const error = useSignal("");
  const isBusy = useSignal(false);
  const hint = say.joinPasswordHint({ count: SHORTEST_PASSWORD });
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.value = [...password.peek()].length < SHORTEST_PASSWORD ? hint : "";
    if (error.value || isBusy.peek()) return;
    isBusy.value = true;
    try {
      await choosePassword(secret, password.peek());
    } catch (failure) {
      error.value = sentenceFor(failure);
    }
    isBusy.value = false;
  };
  return html`<${SignInCard} title=${say.resetTitle} hint=${say.resetHint}><form class="form" onSubmit=${submit} noValidate>
    <${Problem} error=${error} />
    <${PasswordField} password=${password} isFirst=${true} autocomplete="new-password" label=${say.accountPasswordNew} hint=${hint} />
    <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.saving : say.resetButton}</button>
  </form><//>`;
}

/** @param {unknown} failure */
function sentenceFor(failure) {
  if (!(failure instanceof ApiError)) throw failure;
  if (failure.isOffline) return say.signInOffline;
  if (failure.status === 429) return say.signInTooMany({ seconds: failure.retryAfterSeconds });
  return failureSentence(failure.code, say.resetFailed);
}
