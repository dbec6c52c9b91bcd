/** Where I am signed in, and how that ends. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../../api.js";
import { deviceOf } from "../../../models/useragent.js";
import { momentInWords } from "../../../models/time.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Failed } from "../../states.js";
import { Refused, useAction } from "../action.js";
import { endOtherSessions, endSession, fetchSessions } from "./api.js";

/** @typedef {import("./api.js").Session} Session */

export function SessionsSection() {
  const sessions = useSignal(/** @type {Session[] | null} */ (null));
  const hasFailed = useSignal(false);
  const action = useAction();
  const load = async () => {
    hasFailed.value = false;
    try {
      sessions.value = await fetchSessions();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      hasFailed.value = true;
    }
  };
  const change = async (/** @type {() => Promise<void>} */ request) => {
    await action.run(request);
    await load();
    // The button that had the focus is gone.
    document.getElementById("dialog-title")?.focus();
  };
  useEffect(() => void load(), []);
  if (hasFailed.value) return html`<${Failed} sentence=${say.sessionsFailed} onRetry=${load} />`;
  if (!sessions.value) return html`<p role="status"><span class="spinner"></span><span class="unseen">${say.loading}</span></p>`;
  const hasOthers = sessions.value.some((one) => !one.current);
  return html`
    <p class="note">${say.sessionsNote}</p>
    <${Refused} action=${action} />
    <ul class="session-list">${sessions.value.map((one) => html`<${Line} key=${one.id} session=${one} isBusy=${action.isBusy.value} onEnd=${() => change(() => endSession(one.id))} />`)}</ul>
    ${hasOthers && html`<div class="dialog-foot"><button type="button" class="button button-bad" disabled=${action.isBusy.value} onClick=${() => change(endOtherSessions)}>${say.sessionsEndOthers}</button></div>`}`;
}

/** @param {{ session: Session, isBusy: boolean, onEnd: () => void }} props */
function Line({ session, isBusy, onEnd }) {
  const name = nameOfDevice(session.device);
  return html`<li class="session">
    <span class="session-about">
      <b><bdi>${name}</bdi></b>
      <small>${[say.sessionMethods[/** @type {"name"} */ (session.method)], session.address].filter(Boolean).map((part) => html`<bdi>${part}</bdi> · `)}${whenUsed(session)}</small>
    </span>
    ${session.current
      ? html`<span class="session-here">${say.sessionHere}</span>`
      : html`<button type="button" class="button" disabled=${isBusy} aria-label=${say.sessionEndNamed({ device: name })} onClick=${onEnd}>${say.sessionEnd}</button>`}
  </li>`;
}

/** @param {Session} session */
function whenUsed({ lastUsedAt }) {
  return lastUsedAt ? html`<time dateTime=${lastUsedAt}>${say.sessionUsed({ when: momentInWords(lastUsedAt) })}</time>` : say.sessionUsedUnknown;
}

/** @param {string} userAgent @returns {string} such as "Firefox on Linux" */
export function nameOfDevice(userAgent) {
  const { browser, system } = deviceOf(userAgent);
  if (browser && system) return say.sessionDevice({ browser, system });
  return browser || system || userAgent || say.sessionDeviceUnknown;
}
