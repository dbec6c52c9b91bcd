/** The topic and the description of a group, to change. */

import { useSignal } from "@preact/signals";
import { changeGroup } from "../../api.js";
import { isDescriptionLong, isTopicLong } from "../../models/text.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { html } from "../html.js";

/** @typedef {{ topic?: string, description?: string }} About */

/** @param {{ conversation: import("../../models/conversation.js").Conversation, goTo: import("./groupdetails.js").GoTo }} props */
export function AboutPage({ conversation, goTo }) {
  const about = useSignal(/** @type {About} */ ({}));
  const action = useAction();
  const { topic, description } = { ...conversation, ...about.value };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const problem = problemOfAbout(about.value);
    if (problem) action.refuse(problem);
    else if (await action.run(() => changeGroup(conversation.receiver, about.value))) goTo("overview");
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <${AboutFields} topic=${topic} description=${description} onChange=${(/** @type {About} */ some) => (about.value = { ...about.value, ...some })} />
    <${Refused} action=${action} />
    <footer class="dialog-foot">
      <button type="button" class="button button-quiet" onClick=${() => goTo("overview")}>${say.cancel}</button>
      <button class="button button-main" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.save}</button>
    </footer>
  </form>`;
}

/** @param {{ topic: string, description: string, onChange: (about: About) => void }} props */
export function AboutFields({ topic, description, onChange }) {
  return html`
    <div class="field">
      <label for="group-topic">${say.topic}</label>
      <input id="group-topic" dir="auto" value=${topic} autocomplete="off" aria-describedby="topic-hint" aria-invalid=${isTopicLong(topic)}
        onInput=${(/** @type {any} */ event) => onChange({ topic: event.target.value })} />
      <small id="topic-hint">${isTopicLong(topic) ? say.topicLong : say.topicHint}</small>
    </div>
    <div class="field">
      <label for="group-description">${say.description}</label>
      <textarea id="group-description" rows="4" dir="auto" value=${description} aria-describedby="description-hint" aria-invalid=${isDescriptionLong(description)}
        onInput=${(/** @type {any} */ event) => onChange({ description: event.target.value })}></textarea>
      <small id="description-hint">${isDescriptionLong(description) ? say.descriptionLong : say.descriptionHint}</small>
    </div>`;
}

/** @param {About} about @returns {string} what is wrong with it; empty if nothing is */
export function problemOfAbout({ topic = "", description = "" }) {
  if (isTopicLong(topic)) return say.topicLong;
  return isDescriptionLong(description) ? say.descriptionLong : "";
}
