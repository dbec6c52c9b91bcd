/** What the unit tests share: where the client is, its sentences, and a cast. */

import { readFileSync } from "node:fs";

export const ROOT = new URL("../../../chatapp/web/static/js/", import.meta.url);

/** @param {string} name a module of the client */
export const load = (name) => import(new URL(name, ROOT).href);

/** @param {string} name of a catalogue @returns {Record<string, any>} */
export const catalogue = (name) => JSON.parse(readFileSync(new URL(`../locales/${name}.json`, ROOT), "utf8"));

/**
 * @param {string} code
 * @param {"ltr" | "rtl"} [direction]
 * @returns the module of sentences, in that language
 */
export async function speaking(code, direction = "ltr") {
  const strings = await load("strings.js");
  strings.speak({ locale: code, direction, sentences: { ...catalogue(code), ...catalogue(`${code}.later`) } });
  return strings;
}

/**
 * @param {number} sequence
 * @param {Partial<import("../../../chatapp/web/static/js/protocol.js").Message>} [changes]
 */
export function message(sequence, changes = {}) {
  const minute = String(sequence % 60).padStart(2, "0");
  return {
    sender: "bob",
    receiver: "alice",
    content: `message ${sequence}`,
    timestamp: `2026-03-10T12:${minute}:00Z`,
    deliveredToAll: false,
    messageId: `m${sequence}`,
    sequence,
    revision: sequence,
    clientId: null,
    ...changes,
  };
}
