/** The page by whose link, `#/setup/<secret>`, a new installation is set up. It is loaded when it is opened. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadLaterSentences } from "../language.js";
import { say } from "../strings.js";
import { html } from "./html.js";
import { SignInCard } from "./signincard.js";
import { Failed } from "./states.js";

const LINK = /^#\/setup\/([\w-]+)$/u;

/** @returns {string | null} the secret of the setup link in the address */
export function setupInAddress() {
  return LINK.exec(location.hash)?.[1] ?? null;
}

/** @param {{ secret: string }} props */
export function SetupPage({ secret }) {
  const loaded = useSignal(/** @type {typeof import("./setup/index.js") | "failed" | null} */ (null));
  const load = async () => {
    try {
      const [found] = await Promise.all([import("./setup/index.js"), loadLaterSentences()]);
      loaded.value = found;
    } catch {
      loaded.value = "failed";
    }
  };
  useEffect(() => void load(), []);
  if (loaded.value === "failed") return html`<${SignInCard} title=${say.appName} hint=""><${Failed} sentence=${say.dialogFailed} onRetry=${() => location.reload()} /><//>`;
  return loaded.value && html`<${loaded.value.Setup} secret=${secret} />`;
}
