/** Signing in by a provider: a button for each, and why the last attempt did not work. */

import { useSignal } from "@preact/signals";
import { ApiError } from "../api.js";
import { settings } from "../config.js";
import { refusal } from "../providers.js";
import { signInBy } from "../session.js";
import { say } from "../strings.js";
import { html } from "./html.js";
import { Problem } from "./signinfields.js";

/** @param {{ invite: string | null }} props */
export function Providers({ invite }) {
  const busy = useSignal("");
  if (settings.providers.length === 0) return null;
  const leave = async (/** @type {string} */ name) => {
    if (busy.peek()) return;
    busy.value = name;
    refusal.value = "";
    await signInBy(name, invite).catch(show);
    // The browser may bring this very page back, by its button for that.
    busy.value = "";
  };
  return html`<div class="providers">
    <p class="providers-or">${say.signInOr}</p>
    <${Problem} error=${{ value: sentence() }} />
    ${settings.providers.map(({ name, label }) => html`<button type="button" class="button" key=${name} aria-disabled=${busy.value !== ""} onClick=${() => leave(name)}>
      ${busy.value === name ? say.signInBusy : say.signInBy({ name: label })}
    </button>`)}
  </div>`;
}

/** @param {unknown} failure */
function show(failure) {
  if (!(failure instanceof ApiError)) throw failure;
  refusal.value = failure.code;
}

function sentence() {
  const code = refusal.value;
  if (code === "") return "";
  if (code === "offline" || code === "timeout") return say.signInOffline;
  if (code === "too_many_attempts") return say.signInTooMany({ seconds: 0 });
  const sentences = /** @type {Record<string, string>} */ (say.signInErrors);
  return sentences[code] ?? say.signInFailed;
}
