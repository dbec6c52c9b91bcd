/** The dialog that creates a poll. The fields of the options add themselves. */

import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { writtenIn } from "../../composing.js";
import { newClientId } from "../../models/outbox.js";
import { OPTIONS_MIN, OPTION_CHARACTERS_MAX, QUESTION_CHARACTERS_MAX, problemOf, withEmptyField, writtenOf } from "../../polls/model.js";
import { createPoll } from "../../polls/actions.js";
import { say } from "../../strings.js";
import { jumpsOf } from "../../store.js";
import { Dialog, closeDialog } from "../dialog.js";
import { html } from "../html.js";
import { Refused, useAction } from "./action.js";
import { Switch } from "./switch.js";

/** @typedef {import("../../polls/types.js").NewPoll} NewPoll */

export function NewPollDialog() {
  // The same id for every attempt, because an attempt that seemed to fail may have created the poll.
  const [clientId] = useState(newClientId);
  const [key] = useState(() => writtenIn.peek());
  const question = useSignal("");
  const options = useSignal(Array(OPTIONS_MIN).fill(""));
  const isMultiple = useSignal(false);
  const isAnonymous = useSignal(false);
  const end = useSignal("");
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const poll = { question: question.value.trim(), options: writtenOf(options.value), isMultiple: isMultiple.value, isAnonymous: isAnonymous.value, ...(end.value && { closesAt: new Date(end.value).toISOString() }) };
    const problem = sentenceFor(poll);
    if (problem) return void action.refuse(problem);
    if (!(await action.run(() => createPoll(key, poll, clientId)))) return;
    closeDialog();
    jumpsOf(key).value += 1;
  };
  return html`<${Dialog} title=${say.newPoll}>
    <form class="form" onSubmit=${submit} noValidate>
      <label class="field">
        <span>${say.pollQuestion}</span>
        <input dir="auto" value=${question} maxlength=${QUESTION_CHARACTERS_MAX} placeholder=${say.pollQuestionHint} autocomplete="off" autofocus aria-describedby="poll-problem"
          onInput=${(/** @type {any} */ event) => (question.value = event.target.value)} />
      </label>
      <${OptionFields} options=${options} />
      <${Switch} label=${say.pollAllowSeveral} hint=${say.pollAllowSeveralHint} isOn=${isMultiple.value} onChange=${(/** @type {boolean} */ isOn) => (isMultiple.value = isOn)} />
      <${Switch} label=${say.pollIsAnonymous} hint=${say.pollIsAnonymousHint} isOn=${isAnonymous.value} onChange=${(/** @type {boolean} */ isOn) => (isAnonymous.value = isOn)} />
      <label class="field">
        <span>${say.pollEnd}</span>
        <input type="datetime-local" value=${end} onInput=${(/** @type {any} */ event) => (end.value = event.target.value)} />
        <small>${say.pollEndHint}</small>
      </label>
      <${Refused} action=${action} id="poll-problem" />
      <footer class="dialog-foot">
        <button type="button" class="button button-quiet" onClick=${closeDialog}>${say.cancel}</button>
        <button class="button button-main" aria-disabled=${action.isBusy.value}>${action.isBusy.value ? say.pollCreating : say.pollCreate}</button>
      </footer>
    </form>
  <//>`;
}

/** @param {{ options: import("@preact/signals").Signal<string[]> }} props */
function OptionFields({ options }) {
  const write = (/** @type {number} */ at, /** @type {string} */ text) => (options.value = withEmptyField(options.value.with(at, text)));
  return html`<div class="form" role="group" aria-label=${say.pollOptions}>
    ${options.value.map((option, at) => html`<label key=${at} class="field">
      <span>${say.pollOption({ number: at + 1 })}</span>
      <input dir="auto" value=${option} maxlength=${OPTION_CHARACTERS_MAX} autocomplete="off" aria-describedby="poll-problem" onInput=${(/** @type {any} */ event) => write(at, event.target.value)} />
    </label>`)}
    <small>${say.pollOptionsHint}</small>
  </div>`;
}

/** @param {NewPoll} poll @returns {string} what is wrong with it; empty if nothing is */
function sentenceFor(poll) {
  const problem = problemOf(poll, Date.now());
  if (!problem) return "";
  if (problem.kind === "same") return say.pollSameOption({ option: problem.option });
  return { question: say.pollNoQuestion, few: say.pollFewOptions, past: say.pollPast }[problem.kind];
}
