/** Says whether a person is online, or when they were last here if they show it. */

import { momentInWords } from "../models/time.js";
import { isOnline, lastSeenOf } from "../store.js";
import { say } from "../strings.js";

/** @param {string} username */
export function presenceOf(username) {
  if (isOnline(username)) return say.online;
  const lastSeen = lastSeenOf(username);
  return lastSeen ? say.lastSeen({ moment: momentInWords(lastSeen) }) : say.offline;
}
