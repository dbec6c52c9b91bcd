/** The answer to a request, in a dialog. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Failed } from "../states.js";

/**
 * What a request answers, or why there is nothing.
 * @param {{ fetch: () => Promise<any>, failed: string, draw: (answer: any) => any }} props
 */
export function Fetched({ fetch, failed, draw }) {
  const answer = useSignal(/** @type {any} */ (undefined));
  const load = async () => {
    answer.value = undefined;
    try {
      answer.value = await fetch();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer.value = null;
    }
  };
  useEffect(() => void load(), []);
  if (answer.value === undefined) return html`<p role="status"><span class="spinner"></span><span class="unseen">${say.loading}</span></p>`;
  return answer.value === null ? html`<${Failed} sentence=${failed} onRetry=${load} />` : draw(answer.value);
}
