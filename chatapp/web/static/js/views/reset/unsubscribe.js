/** Ending digests by the link in one of them. */

import { call } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { OneButton } from "./onebutton.js";

/** @param {{ secret: string, onDone?: () => void }} props */
export function Unsubscribe({ secret, onDone }) {
  const unsubscribe = () => call("POST", `/email/unsubscribe?token=${encodeURIComponent(secret)}`);
  return html`<${OneButton} title=${say.unsubscribeTitle} hint=${say.unsubscribeHint} button=${say.unsubscribeButton} done=${say.unsubscribed}
    act=${unsubscribe} refusals=${{ email_link_invalid: say.unsubscribeInvalid }} onDone=${onDone} />`;
}
