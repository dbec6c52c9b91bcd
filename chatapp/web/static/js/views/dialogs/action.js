/** A request behind a button: busy while it runs, with the server's error text if it is refused. */

import { useSignal } from "@preact/signals";
import { ApiError } from "../../api.js";
import { takeGroup } from "../../changes.js";
import { failureSentence, say } from "../../strings.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";

/**
 * @typedef {{ code: string, sentence: string }} Refusal
 * @typedef {ReturnType<typeof useAction>} Action
 */

/** No refusal. @type {Refusal} */
const NONE = { code: "", sentence: "" };

export function useAction() {
  const isBusy = useSignal(false);
  const refusal = useSignal(NONE);
  /**
   * @param {() => Promise<import("../../protocol.js").Group | void>} request
   * @returns {Promise<boolean>} whether it succeeded
   */
  const run = async (request) => {
    if (isBusy.peek()) return false;
    isBusy.value = true;
    refusal.value = await attempt(request);
    isBusy.value = false;
    return refusal.value === NONE;
  };
  const refuse = (/** @type {string} */ sentence) => void (refusal.value = { code: "here", sentence });
  return { isBusy, refusal, run, refuse };
}

/**
 * @param {() => Promise<import("../../protocol.js").Group | void>} request
 * @returns {Promise<Refusal>}
 */
async function attempt(request) {
  try {
    const group = await request();
    if (group) takeGroup(group);
    return NONE;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { code: error.code, sentence: failureSentence(error.code, say.groupChangeFailed) };
  }
}

/** @param {{ action: Action, id?: string }} props */
export function Refused({ action, id }) {
  const { sentence } = action.refusal.value;
  return html`<p id=${id} class="problem" role="alert">${sentence && html`<${Icon} name="warning" size=${18} /><span>${sentence}</span>`}</p>`;
}
