/** The bots: making one, and the list. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../../../strings.js";
import { Avatar } from "../../avatar.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { Empty } from "../../states.js";
import { Refused, useAction } from "../action.js";
import { Fetched } from "../fetched.js";
import { addBot, fetchBots } from "./botapi.js";
import { BotPage } from "./bottokens.js";

/** @typedef {import("./botapi.js").Bot} Bot */

/** @param {{ opened: import("./index.js").OpenedSignal }} props */
export function BotsSection({ opened }) {
  const last = useRef("");
  const open = (/** @type {Bot} */ { username, name }) => {
    last.current = username;
    opened.value = { id: username, title: name };
  };
  if (opened.value) return html`<${BotPage} key=${opened.value.id} username=${opened.value.id} name=${opened.value.title} />`;
  return html`
    <p class="note">${say.adminBotNote}</p>
    <${NewForm} onMade=${open} />
    <${Fetched} fetch=${fetchBots} failed=${say.adminFailed} draw=${(/** @type {Bot[]} */ bots) => html`<${List} bots=${bots} last=${last.current} onOpen=${open} />`} />`;
}

/** @param {{ onMade: (bot: Bot) => void }} props */
function NewForm({ onMade }) {
  const username = useSignal("");
  const name = useSignal("");
  const action = useAction();
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const wanted = username.peek().trim();
    if (await action.run(async () => onMade(await addBot(wanted, name.peek().trim() || wanted)))) return;
    const { code } = action.refusal.peek();
    if (code === "conflict") action.refuse(say.joinTaken);
    if (code === "invalid_input") action.refuse(say.joinUsernameHint);
  };
  return html`<form class="form" onSubmit=${submit}>
    <label class="field"><span>${say.adminBotUsername}</span><input name="bot" required autocomplete="off" autocapitalize="none" value=${username.value} onInput=${(/** @type {any} */ event) => (username.value = event.target.value)} /></label>
    <label class="field"><span>${say.adminBotName}</span><input name="bot-name" autocomplete="off" value=${name.value} onInput=${(/** @type {any} */ event) => (name.value = event.target.value)} /></label>
    <${Refused} action=${action} />
    <button class="button button-main" disabled=${action.isBusy.value}>${say.adminBotMake}</button>
  </form>`;
}

/** @param {{ bots: Bot[], last: string, onOpen: (bot: Bot) => void }} props */
function List({ bots, last, onOpen }) {
  if (bots.length === 0) return html`<${Empty} title=${say.adminBotNone} />`;
  return html`<ul class="administration-list">${bots.map((bot) => html`<${Line} key=${bot.username} bot=${bot} isLast=${bot.username === last} onOpen=${() => onOpen(bot)} />`)}</ul>`;
}

/** @param {{ bot: Bot, isLast: boolean, onOpen: () => void }} props */
function Line({ bot: { username, name, isActive, tokens }, isLast, onOpen }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  // The page of this bot was open until now.
  useLayoutEffect(() => void (isLast && button.current?.focus()), []);
  return html`<li><button type="button" ref=${button} class="account-entry" onClick=${onOpen}>
    <${Avatar} id=${username} name=${name} />
    <span class="entry-about"><b><bdi>${name}</bdi></b><small><bdi>@${username}</bdi> · ${say.adminBotTokens({ count: tokens })}</small></span>
    ${!isActive && html`<span class="mark mark-bad">${say.adminClosed}</span>`}
    <${Icon} name="next" size=${18} />
  </button></li>`;
}
