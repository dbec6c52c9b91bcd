/** The pages that links of the server open: `#/setup/<secret>` sets a new installation up, by `#/reset/<secret>` a new password is chosen, `#/email/<secret>` confirms an e-mail address, and `#/unsubscribe/<token>` ends digests; and the page that asks for a link. They are loaded when they are opened. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadLaterSentences } from "../language.js";
import { say } from "../strings.js";
import { html } from "./html.js";
import { SignInCard } from "./signincard.js";
import { Failed } from "./states.js";

/** @typedef {{ kind: "setup" | "reset" | "email" | "unsubscribe" | "forgot", secret: string }} Link */

const LINK = /^#\/(setup|reset|email|unsubscribe)\/([\w-]+)$/u;

const PAGES = {
  setup: async () => (await import("./setup/index.js")).Setup,
  reset: async () => (await import("./reset/index.js")).Reset,
  email: async () => (await import("./reset/email.js")).ConfirmEmail,
  unsubscribe: async () => (await import("./reset/unsubscribe.js")).Unsubscribe,
  forgot: async () => (await import("./reset/forgot.js")).Forgot,
};

/** @returns {Link | null} the link in the address */
export function linkInAddress() {
  const [, kind, secret] = LINK.exec(location.hash) ?? [];
  return secret ? { kind: /** @type {Link["kind"]} */ (kind), secret } : null;
}

/** @param {{ link: Link, onDone?: () => void }} props */
export function LinkPage({ link, onDone }) {
  const loaded = useSignal(/** @type {{ Page: any } | "failed" | null} */ (null));
  const load = async () => {
    try {
      const [Page] = await Promise.all([PAGES[link.kind](), loadLaterSentences()]);
      loaded.value = { Page };
    } catch {
      loaded.value = "failed";
    }
  };
  useEffect(() => void load(), []);
  if (loaded.value === "failed") return html`<${SignInCard} title=${say.appName} hint=""><${Failed} sentence=${say.dialogFailed} onRetry=${() => location.reload()} /><//>`;
  return loaded.value && html`<${loaded.value.Page} secret=${link.secret} onDone=${onDone} />`;
}
