/** Asking for a link by which a new password is chosen. The answer is the same whether there is such an account or not. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError, call } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { Problem, TextField, refusalSentence } from "../signinfields.js";

/** @param {{ onDone: () => void }} props */
export function Forgot({ onDone }) {
  const account = useSignal("");
  const error = useSignal("");
  const isBusy = useSignal(false);
  const isAsked = useSignal(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.value = account.peek().trim() ? "" : say.forgotIncomplete;
    if (error.value || isBusy.peek()) return;
    isBusy.value = true;
    try {
      await call("POST", "/forgot", { account: account.peek().trim() });
      isAsked.value = true;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.value = refusalSentence(failure, {}, say.forgotFailed);
    }
    isBusy.value = false;
  };
  useLayoutEffect(() => document.getElementById(isAsked.peek() ? "back" : "username")?.focus(), [isAsked.value]);
  return html`<${SignInCard} title=${say.forgotTitle} hint=${say.forgotHint}><form class="form" onSubmit=${submit} noValidate>
    <p role="status" class=${isAsked.value ? "note" : ""}>${isAsked.value && say.forgotDone}</p>
    ${!isAsked.value && html`<${Problem} error=${error} />
      <${TextField} name="username" label=${say.forgotAccount} text=${account} autocomplete="username" />
      <button class="button button-main" disabled=${isBusy.value}>${say.forgotButton}</button>`}
    <button id="back" type="button" class="button button-quiet" onClick=${onDone}>${say.forgotBack}</button>
  </form><//>`;
}
