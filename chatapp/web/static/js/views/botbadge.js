/** Says that a name is that of a bot. */

import { people } from "../store.js";
import { say } from "../strings.js";
import { html } from "./html.js";

/** @param {string} username */
export const isBot = (username) => people.value.get(username)?.isBot ?? false;

/** The space keeps the two words apart for screen readers. @param {{ username: string }} props */
export function BotBadge({ username }) {
  return isBot(username) && html` <span class="bot-badge">${say.bot}</span>`;
}
