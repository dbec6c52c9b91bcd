/** Setting up a new installation by its link: its name, the first account, and who may join. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError } from "../../api.js";
import { setUp } from "../../session.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { SignInCard } from "../signincard.js";
import { JoiningChoice } from "./joiningchoice.js";
import { AccountFields, Problem, TextField, problemInAccount, refusalSentence, textsOf } from "../signinfields.js";

/** @typedef {import("@preact/signals").Signal<string>} TextSignal */
/** @typedef {ReturnType<typeof useFields>} Fields */

function useFields() {
  return {
    systemName: useSignal(""),
    firstName: useSignal(""),
    lastName: useSignal(""),
    username: useSignal(""),
    password: useSignal(""),
    joining: useSignal(/** @type {import("./joiningchoice.js").Joining} */ ("invite")),
  };
}

/** The steps in their order: what each shows, and what is missing in it. */
const STEPS = [
  { Step: NameStep, problem: (/** @type {Fields} */ fields) => (fields.systemName.value.trim() ? "" : say.setupNameMissing) },
  { Step: AccountStep, problem: problemInAccount },
  { Step: JoiningStep, problem: () => "" },
];

/** @param {{ secret: string }} props */
export function Setup({ secret }) {
  const fields = useFields();
  const number = useSignal(0);
  const error = useSignal("");
  const isBusy = useSignal(false);
  const { Step, problem } = STEPS[number.value];
  const isLast = number.value === STEPS.length - 1;
  const go = (/** @type {number} */ to) => {
    error.value = "";
    number.value = to;
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    error.value = problem(fields);
    if (error.value || isBusy.peek()) return;
    if (!isLast) return go(number.value + 1);
    isBusy.value = true;
    try {
      await setUp({ secret, systemName: fields.systemName.peek().trim(), joining: fields.joining.peek(), ...textsOf(fields) });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.value = sentenceFor(failure);
    }
    isBusy.value = false;
  };
  return html`<${SignInCard} title=${say.setupTitle} hint=${say.setupHint}><form class="form" onSubmit=${submit} noValidate>
    <p class="steps">${say.setupStep({ number: number.value + 1, count: STEPS.length })}</p>
    <${Problem} error=${error} />
    <${Step} key=${number.value} fields=${fields} />
    <button class="button button-main" disabled=${isBusy.value}>${isLast ? (isBusy.value ? say.setupBusy : say.setupFinish) : say.setupNext}</button>
    ${number.value > 0 && html`<button type="button" class="button button-quiet" onClick=${() => go(number.value - 1)}>${say.dialogBack}</button>`}
  </form><//>`;
}

/** @param {string} id */
function useFirstFocus(id) {
  useLayoutEffect(() => document.getElementById(id)?.focus(), []);
}

/** @param {{ fields: Fields }} props */
function NameStep({ fields }) {
  useFirstFocus("systemName");
  return html`<${TextField} name="systemName" label=${say.setupName} text=${fields.systemName} autocomplete="organization" hint=${say.setupNameHint} />`;
}

/** @param {{ fields: Fields }} props */
function AccountStep({ fields }) {
  useFirstFocus("firstName");
  return html`
    <p>${say.setupAccountHint}</p>
    <${AccountFields} account=${fields} />`;
}

/** @param {{ fields: Fields }} props */
function JoiningStep({ fields: { joining } }) {
  useFirstFocus(`joining-${joining.peek()}`);
  return html`<${JoiningChoice} joining=${joining} />`;
}

/** @param {ApiError} failure */
function sentenceFor(failure) {
  const sentences = { setup_invalid: say.setupInvalid, invalid_input: say.joinUsernameHint, password_common: say.joinPasswordCommon };
  return refusalSentence(failure, sentences, say.joinFailed);
}
