/** What the server takes: asked for when files are attached, so that a refusal costs no bytes. */

import { ApiError, call } from "../api.js";
import { me } from "../store.js";

/** @typedef {import("./checks.js").Limits} Limits */

const FRESH_MILLISECONDS = 60_000;

/** @type {{ owner: string, at: number, limits: Limits } | null} */
let known = null;

/**
 * @returns {Promise<Limits | null>} the last ones that are known if the server cannot be asked; null if there are none
 */
export async function currentLimits() {
  const owner = me.peek();
  const mine = known?.owner === owner ? known : null;
  if (mine && Date.now() - mine.at < FRESH_MILLISECONDS) return mine.limits;
  try {
    const { limits } = await call("GET", "/uploads");
    known = { owner, at: Date.now(), limits };
    return limits;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return mine?.limits ?? null;
  }
}

/** What is used has changed: the next question goes to the server. */
export function forgetLimits() {
  if (known) known.at = 0;
}
