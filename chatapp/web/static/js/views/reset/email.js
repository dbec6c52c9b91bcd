/** Confirming an e-mail address by the link that was sent there. By a button: programs that look at e-mail open its links. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError, call } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { Problem, refusalSentence } from "../signinfields.js";

/** @param {{ secret: string, onDone: () => void }} props */
export function ConfirmEmail({ secret, onDone }) {
  const error = useSignal("");
  const isBusy = useSignal(false);
  const isDone = useSignal(false);
  const confirm = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    error.value = "";
    try {
      await call("POST", "/email/confirm", { secret });
      history.replaceState(history.state, "", "#/");
      isDone.value = true;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.value = refusalSentence(failure, { conflict: say.emailTaken }, say.emailFailed);
    }
    isBusy.value = false;
  };
  const goOn = () => {
    history.replaceState(history.state, "", "#/");
    onDone();
  };
  useLayoutEffect(() => document.getElementById("go-on")?.focus(), [isDone.value]);
  return html`<${SignInCard} title=${say.emailConfirmTitle} hint=${say.emailConfirmHint}><div class="form">
    <p role="status" class=${isDone.value ? "note" : ""}>${isDone.value && say.emailConfirmed}</p>
    <${Problem} error=${error} />
    ${!isDone.value && html`<button type="button" class="button button-main" disabled=${isBusy.value} onClick=${confirm}>${say.emailConfirmButton}</button>`}
    <button id=${isDone.value ? "go-on" : undefined} type="button" class=${isDone.value ? "button button-main" : "button button-quiet"} onClick=${goOn}>${say.emailGoOn}</button>
  </div><//>`;
}
