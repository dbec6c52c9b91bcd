/**
 * How long messages are kept: as a sentence for everybody, and as a field for those who may change it. What would be erased
 * is said and asked before.
 */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { systemDays } from "../../retention.js";
import { say } from "../../strings.js";
import { Refused, useAction } from "./action.js";
import { Question } from "./groupendings.js";
import { html } from "../html.js";

/**
 * @typedef {import("../../protocol.js").RetentionPreview} Preview
 * @typedef {{ days: number, preview: Preview }} Asked
 * @typedef {ReturnType<typeof useRetention>} Retention
 */

const LONGEST_DAYS = 36_500;

/** @param {{ retentionDays: number }} conversation @returns {string} of the system and the group the shorter time counts */
export function retentionSentence({ retentionDays }) {
  const times = [retentionDays, systemDays.value].filter((days) => days > 0);
  return times.length > 0 ? say.retentionDays({ days: Math.min(...times) }) : say.retentionForever;
}

/**
 * @param {object} wanted
 * @param {number} wanted.days as they are now
 * @param {(days: number) => Promise<Preview>} wanted.preview
 * @param {(days: number) => Promise<import("../../protocol.js").Group | void>} wanted.save
 */
export function useRetention({ days, preview, save }) {
  const typed = useSignal(String(days));
  const isDone = useSignal(false);
  const asked = useSignal(/** @type {Asked | null} */ (null));
  const action = useAction();
  const store = async (/** @type {number} */ chosen) => {
    isDone.value = await action.run(() => save(chosen));
    if (isDone.peek()) asked.value = null;
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    isDone.value = false;
    const text = typed.peek().trim();
    const chosen = Number(text);
    if (!/^\d{1,5}$/u.test(text) || chosen > LONGEST_DAYS) return action.refuse(say.retentionWrong);
    if (!isShorter(chosen, days)) return store(chosen);
    await action.run(async () => void (asked.value = { days: chosen, preview: await preview(chosen) }));
  };
  const confirm = () => asked.value && store(asked.value.days);
  const cancel = () => void (asked.value = null);
  useTitleFocus(asked.value !== null);
  return { typed, isDone, asked, action, submit, confirm, cancel };
}

/** Focuses the heading when the question comes, and when it goes. @param {boolean} isAsked */
function useTitleFocus(isAsked) {
  useLayoutEffect(() => {
    if (!isAsked) return undefined;
    focusTitle();
    return focusTitle;
  }, [isAsked]);
}

const focusTitle = () => document.getElementById("dialog-title")?.focus();

/** @param {number} days @param {number} before @returns {boolean} whether messages are erased that were kept before */
const isShorter = (days, before) => days > 0 && (before === 0 || days < before);

/** @param {{ retention: Retention, hint: string }} props */
export function RetentionField({ retention: { typed, isDone, action, submit }, hint }) {
  return html`<form class="form" onSubmit=${submit} noValidate>
    <label class="field"><span>${say.retention}</span>
      <input name="days" inputmode="numeric" dir="ltr" maxlength="5" aria-describedby="retention-hint" value=${typed.value} onInput=${(/** @type {any} */ event) => (typed.value = event.target.value)} />
    </label>
    <p id="retention-hint" class="state-hint">${hint}</p>
    <${Refused} action=${action} />
    <button class="button" disabled=${action.isBusy.value}>${action.isBusy.value ? say.saving : say.save}</button>
    <p role="status">${isDone.value && say.retentionSaved}</p>
  </form>`;
}

/** @param {{ asked: Asked, retention: Retention, isOneGroup?: boolean }} props */
export function RetentionQuestion({ asked: { days, preview }, retention: { action, confirm, cancel }, isOneGroup }) {
  return html`<${Question} action=${action} title=${say.retentionAsk({ days })} hint=${lossSentence(preview, isOneGroup)} button=${say.retentionAskButton} onYes=${confirm} onNo=${cancel} />`;
}

/** @param {Preview} preview @param {boolean} [isOneGroup] */
function lossSentence({ messages: count, conversations, more }, isOneGroup) {
  if (more) return say.retentionLosesMore({ count });
  if (count === 0) return say.retentionLosesNone;
  return isOneGroup ? say.retentionLoses({ count }) : say.retentionLosesIn({ count, conversations });
}
