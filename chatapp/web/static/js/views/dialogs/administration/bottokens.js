/** The page of one bot: its tokens. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { fullMoment, momentInWords } from "../../../models/time.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Empty } from "../../states.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { Question } from "../groupendings.js";
import { addToken, fetchTokens, revokeToken } from "./botapi.js";
import { SecretLink } from "./secretlink.js";

/**
 * @typedef {import("./botapi.js").BotToken} BotToken
 * @typedef {import("./botapi.js").NewBotToken} NewBotToken
 */

const MOST_DAYS = 3_650;

/** @param {{ username: string, name: string }} props */
export function BotPage({ username, name }) {
  const made = useSignal(/** @type {NewBotToken | null} */ (null));
  const asked = useSignal(/** @type {BotToken | null} */ (null));
  const version = useSignal(0);
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), [asked.value]);
  const onMade = (/** @type {NewBotToken} */ token) => {
    made.value = token;
    version.value += 1;
  };
  const onRevoked = (/** @type {string} */ id) => {
    if (made.peek()?.id === id) made.value = null;
    version.value += 1;
    asked.value = null;
  };
  if (asked.value) return html`<${RevokePage} username=${username} token=${asked.value} onNo=${() => (asked.value = null)} onRevoked=${onRevoked} />`;
  const draw = (/** @type {BotToken[]} */ tokens) => html`<${List} tokens=${tokens} onRevoke=${(/** @type {BotToken} */ token) => (asked.value = token)} />`;
  return html`
    <p class="state-hint"><bdi>@${username}</bdi></p>
    <${NewForm} username=${username} onMade=${onMade} />
    ${made.value && html`<${SecretLink} key=${made.value.id} link=${made.value.token} label=${say.adminToken} button=${say.adminTokenCopy} note=${say.adminTokenNote({ name })} />`}
    <${Fetched} key=${version.value} fetch=${() => fetchTokens(username)} failed=${say.adminFailed} draw=${draw} />`;
}

/** @param {{ username: string, onMade: (made: NewBotToken) => void }} props */
function NewForm({ username, onMade }) {
  const name = useSignal("");
  const days = useSignal("");
  const action = useAction();
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const count = days.peek().trim() === "" ? null : Number(days.peek());
    if (count !== null && !(Number.isInteger(count) && count >= 1 && count <= MOST_DAYS)) return action.refuse(say.adminTokenWrong({ days: MOST_DAYS }));
    return action.run(async () => {
      onMade(await addToken(username, name.peek().trim(), count));
      name.value = "";
    });
  };
  return html`<form class="form" onSubmit=${submit}>
    <label class="field"><span>${say.adminTokenName}</span><input name="token-name" required maxlength="100" autocomplete="off" value=${name.value} onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} /></label>
    <label class="field"><span>${say.adminTokenDays}</span><input name="token-days" inputmode="numeric" autocomplete="off" value=${days.value} onInput=${(/** @type {any} */ event) => (days.value = event.target.value)} /></label>
    <${Refused} action=${action} />
    <button class="button button-main" disabled=${action.isBusy.value}>${say.adminTokenMake}</button>
  </form>`;
}

/** @param {{ tokens: BotToken[], onRevoke: (token: BotToken) => void }} props */
function List({ tokens, onRevoke }) {
  if (tokens.length === 0) return html`<${Empty} title=${say.adminTokenNone} />`;
  return html`<ul>${tokens.map((token) => html`<${Line} key=${token.id} token=${token} onRevoke=${() => onRevoke(token)} />`)}</ul>`;
}

/** @param {{ token: BotToken, onRevoke: () => void }} props */
function Line({ token: { name, expiresAt, lastUsed }, onRevoke }) {
  return html`<li class="session">
    <span class="session-about">
      <b><bdi>${name}</bdi></b>
      <small>${expiresAt ? say.adminTokenUntil({ when: fullMoment(expiresAt) }) : say.adminTokenForever}</small>
      <small>${lastUsed ? say.sessionUsed({ when: momentInWords(lastUsed) }) : say.adminTokenUnused}</small>
    </span>
    <button type="button" class="button button-bad" aria-label=${say.adminTokenRevokeNamed({ name })} onClick=${onRevoke}>${say.adminTokenRevoke}</button>
  </li>`;
}

/** @param {{ username: string, token: BotToken, onNo: () => void, onRevoked: (id: string) => void }} props */
function RevokePage({ username, token: { id, name }, onNo, onRevoked }) {
  const action = useAction();
  const revoke = async () => (await action.run(() => revokeToken(username, id))) && onRevoked(id);
  return html`<${Question} action=${action} title=${say.adminTokenRevokeTitle({ name })} hint=${say.adminTokenRevokeHint} button=${say.adminTokenRevoke} onYes=${revoke} onNo=${onNo} />`;
}
