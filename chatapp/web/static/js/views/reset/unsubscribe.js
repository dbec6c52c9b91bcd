/** Ending digests by the link in one of them. By a button: programs that look at e-mail open its links. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError, call } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { Problem, refusalSentence } from "../signinfields.js";

/** @param {{ secret: string, onDone?: () => void }} props */
export function Unsubscribe({ secret, onDone }) {
  const error = useSignal("");
  const isBusy = useSignal(false);
  const isDone = useSignal(false);
  const unsubscribe = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    error.value = "";
    try {
      await call("POST", `/email/unsubscribe?token=${encodeURIComponent(secret)}`);
      isDone.value = true;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.value = refusalSentence(failure, { email_link_invalid: say.unsubscribeInvalid }, say.emailFailed);
    }
    isBusy.value = false;
  };
  const goOn = () => {
    history.replaceState(history.state, "", "#/");
    onDone?.();
  };
  useLayoutEffect(() => document.getElementById("go-on")?.focus(), [isDone.value]);
  return html`<${SignInCard} title=${say.unsubscribeTitle} hint=${say.unsubscribeHint}><div class="form">
    <p role="status" class=${isDone.value ? "note" : ""}>${isDone.value && say.unsubscribed}</p>
    <${Problem} error=${error} />
    ${!isDone.value && html`<button type="button" class="button button-main" disabled=${isBusy.value} onClick=${unsubscribe}>${say.unsubscribeButton}</button>`}
    <button id=${isDone.value ? "go-on" : undefined} type="button" class=${isDone.value ? "button button-main" : "button button-quiet"} onClick=${goOn}>${say.emailGoOn}</button>
  </div><//>`;
}
