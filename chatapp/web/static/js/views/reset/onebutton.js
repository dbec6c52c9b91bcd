/** The page of a link from an e-mail that does one thing, by a button: programs that look at e-mail open its links. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { Problem, refusalSentence } from "../signinfields.js";

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.hint
 * @param {string} props.button what it does
 * @param {string} props.done what is said when it is done
 * @param {() => Promise<unknown>} props.act
 * @param {Record<string, string>} props.refusals sentences by the code of an error
 * @param {() => void} [props.onDone]
 */
export function OneButton({ title, hint, button, done, act, refusals, onDone }) {
  const error = useSignal("");
  const isBusy = useSignal(false);
  const isDone = useSignal(false);
  const press = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    error.value = "";
    try {
      await act();
      history.replaceState(history.state, "", "#/");
      isDone.value = true;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.value = refusalSentence(failure, refusals, say.emailFailed);
    }
    isBusy.value = false;
  };
  const goOn = () => {
    history.replaceState(history.state, "", "#/");
    onDone?.();
  };
  useLayoutEffect(() => document.getElementById("go-on")?.focus(), [isDone.value]);
  return html`<${SignInCard} title=${title} hint=${hint}><div class="form">
    <p role="status" class=${isDone.value ? "note" : ""}>${isDone.value && done}</p>
    <${Problem} error=${error} />
    ${!isDone.value && html`<button type="button" class="button button-main" disabled=${isBusy.value} onClick=${press}>${button}</button>`}
    <button id=${isDone.value ? "go-on" : undefined} type="button" class=${isDone.value ? "button button-main" : "button button-quiet"} onClick=${goOn}>${say.emailGoOn}</button>
  </div><//>`;
}
