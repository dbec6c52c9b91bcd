/** My second factor: codes of an authenticator app beside the password, and recovery codes. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { copyText } from "../../../clipboard.js";
import { momentInWords } from "../../../models/time.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { CodeField } from "../../secondstep.js";
import { PasswordField } from "../../signinfields.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { QrCode } from "../qrcode.js";
import { beginSecondFactor, confirmSecondFactor, fetchSecondFactor, replaceRecoveryCodes, turnOffSecondFactor } from "./api.js";

/**
 * @typedef {import("./api.js").NewFactor} NewFactor
 * @typedef {{ onMade: (made: NewFactor) => void, onCodes: (codes: string[]) => void, onChange: () => void }} Steps
 */

export function SecondFactorSection() {
  const made = useSignal(/** @type {NewFactor | null} */ (null));
  const codes = useSignal(/** @type {string[] | null} */ (null));
  const version = useSignal(0);
  const onChange = () => {
    made.value = codes.value = null;
    version.value += 1;
    document.getElementById("dialog-title")?.focus();
  };
  const onCodes = (/** @type {string[]} */ found) => void (codes.value = found);
  if (codes.value) return html`<${RecoveryCodes} codes=${codes.value} onDone=${onChange} />`;
  if (made.value) return html`<${Setup} made=${made.value} onCodes=${onCodes} />`;
  const steps = { onMade: (/** @type {NewFactor} */ found) => void (made.value = found), onCodes, onChange };
  const draw = (/** @type {import("./api.js").SecondFactor} */ state) => (state.since ? html`<${On} state=${state} ...${steps} />` : html`<${Off} ...${steps} />`);
  return html`<${Fetched} key=${version.value} fetch=${fetchSecondFactor} failed=${say.secondFactorFailed} draw=${draw} />`;
}

/** @param {Steps} props */
function Off({ onMade }) {
  const password = useSignal("");
  const action = useAction();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    return action.run(async () => onMade(await beginSecondFactor(password.peek())));
  };
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p class="note">${say.secondFactorNote}</p>
    <${Refused} action=${action} />
    <${OwnPassword} password=${password} />
    <button class="button button-main" disabled=${action.isBusy.value}>${say.secondFactorBegin}</button>
  </form>`;
}

/** @param {{ made: NewFactor, onCodes: (codes: string[]) => void }} props */
function Setup({ made, onCodes }) {
  const code = useSignal("");
  const action = useAction();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!code.peek().trim()) return action.refuse(say.codeIncomplete);
    return action.run(async () => onCodes(await confirmSecondFactor(code.peek())));
  };
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), []);
  const isWrong = action.refusal.value.code === "invalid_input";
  return html`<form class="form" onSubmit=${submit} noValidate>
    <p>${say.secondFactorScan}</p>
    <${QrCode} rows=${made.qrCode} label=${say.secondFactorPicture} />
    <div class="field"><span>${say.secondFactorSecret}</span><code class="secret" dir="ltr">${made.secret.match(/.{1,4}/gu)?.join(" ")}</code></div>
    ${isWrong ? html`<p class="problem" role="alert"><${Icon} name="warning" size=${18} /><span>${say.codeWrong}</span></p>` : html`<${Refused} action=${action} />`}
    <${CodeField} code=${code} label=${say.code} isNumber=${true} />
    <button class="button button-main" disabled=${action.isBusy.value}>${say.secondFactorConfirm}</button>
  </form>`;
}

/** @param {{ codes: string[], onDone: () => void }} props */
function RecoveryCodes({ codes, onDone }) {
  const isCopied = useSignal(false);
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), []);
  return html`<div class="form">
    <p class="note">${say.recoveryNote}</p>
    <ul class="recovery-codes" dir="ltr" aria-label=${say.recoveryCodes}>${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
    <div class="account-buttons">
      <button type="button" class="button" onClick=${async () => (isCopied.value = await copyText(codes.join("\n")))}><${Icon} name="copy" size=${18} />${say.recoveryCopy}</button>
      <button type="button" class="button button-main" onClick=${onDone}>${say.recoveryDone}</button>
    </div>
    <p role="status">${isCopied.value && say.copied}</p>
  </div>`;
}

/** @param {Steps & { state: import("./api.js").SecondFactor }} props */
function On({ state, onCodes, onChange }) {
  const password = useSignal("");
  const action = useAction();
  const replace = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    return action.run(async () => onCodes(await replaceRecoveryCodes(password.peek())));
  };
  const turnOff = async () => (await action.run(() => turnOffSecondFactor(password.peek()))) && onChange();
  return html`<form class="form" onSubmit=${replace} noValidate>
    <p class="note">${say.secondFactorOn({ when: momentInWords(state.since ?? "") })} ${say.recoveryLeft({ count: state.recoveryCodesLeft })}</p>
    <${Refused} action=${action} />
    <${OwnPassword} password=${password} />
    <div class="account-buttons">
      <button class="button" disabled=${action.isBusy.value}>${say.recoveryReplace}</button>
      <button type="button" class="button button-bad" disabled=${action.isBusy.value} onClick=${turnOff}>${say.secondFactorOff}</button>
    </div>
  </form>`;
}

/** @param {{ password: import("../../signinfields.js").TextSignal }} props */
function OwnPassword({ password }) {
  return html`<${PasswordField} id="own-password" label=${say.accountPasswordCurrent} password=${password} isFirst=${true} autocomplete="current-password" />`;
}
