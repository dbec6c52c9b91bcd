/** Guests see only the people of their conversations, and make and find no groups. The server decides. */

import { people, session } from "./store.js";

export const amGuest = () => session.value.role === "guest";

/** @param {string} username */
export const isGuest = (username) => people.value.get(username)?.isGuest ?? false;
