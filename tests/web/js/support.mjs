/** What the unit tests share: where the client is, and a cast. */

export const ROOT = new URL("../../../chatapp/web/static/js/", import.meta.url);

/** @param {string} name a module of the client */
export const load = (name) => import(new URL(name, ROOT).href);

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
