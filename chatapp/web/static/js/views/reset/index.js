/** Choosing a new password by a link that an administrator made. */

import { useSignal } from "@preact/signals";
import { ApiError } from "../../api.js";
import { choosePassword } from "../../session.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { PasswordField, Problem, passwordHint, problemInPassword, refusalSentence } from "../signinfields.js";

/** @param {{ secret: string }} props */
export function Reset({ secret }) {
  const password = useSignal("");
  const error = useSignal("");
  const isBusy = useSignal(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.value = problemInPassword(password.peek());
    if (error.value || isBusy.peek()) return;
    isBusy.value = true;
    try {
      await choosePassword(secret, password.peek());
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.value = refusalSentence(failure, {}, say.resetFailed);
    }
    isBusy.value = false;
  };
  return html`<${SignInCard} title=${say.resetTitle} hint=${say.resetHint}><form class="form" onSubmit=${submit} noValidate>
    <${Problem} error=${error} />
    <${PasswordField} password=${password} isFirst=${true} autocomplete="new-password" label=${say.accountPasswordNew} hint=${passwordHint()} />
    <button class="button button-main" disabled=${isBusy.value}>${isBusy.value ? say.saving : say.resetButton}</button>
  </form><//>`;
}
