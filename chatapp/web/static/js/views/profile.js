/** What a person shows of themselves beside their name: a status text, and what time it is for them. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { withoutControls } from "../models/bidi.js";
import { timeIn } from "../models/time.js";
import { people } from "../store.js";
import { say } from "../strings.js";
import { html } from "./html.js";

const MINUTE_MILLISECONDS = 60_000;

/** @param {string} username */
export const statusOf = (username) => withoutControls(people.value.get(username)?.statusText ?? "");

/** The local time of a person who shows their time zone. @param {{ username: string }} props */
export function LocalTime({ username }) {
  const now = useSignal(new Date());
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const wait = () => {
      timer = setTimeout(() => ((now.value = new Date()), wait()), MINUTE_MILLISECONDS - (Date.now() % MINUTE_MILLISECONDS));
    };
    wait();
    return () => clearTimeout(timer);
  }, []);
  const { timeZone = "" } = people.value.get(username) ?? {};
  const time = timeZone && timeIn(timeZone, now.value);
  return time && html` · <span title=${timeZone}>${say.localTime({ time })}</span>`;
}
