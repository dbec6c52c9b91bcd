/** Confirming an e-mail address by the link that was sent there. */

import { call } from "../../api.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { OneButton } from "./onebutton.js";

/** @param {{ secret: string, onDone: () => void }} props */
export function ConfirmEmail({ secret, onDone }) {
  const confirm = () => call("POST", "/email/confirm", { secret });
  return html`<${OneButton} title=${say.emailConfirmTitle} hint=${say.emailConfirmHint} button=${say.emailConfirmButton} done=${say.emailConfirmed}
    act=${confirm} refusals=${{ conflict: say.emailTaken }} onDone=${onDone} />`;
}
