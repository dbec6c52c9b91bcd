/** How far the browser is with loading a picture. */

import { useEffect, useState } from "preact/hooks";
import { connection } from "../../store.js";

/** @typedef {"loading" | "there" | "failed"} Loading */

/**
 * What has failed is tried again after reconnecting.
 * @param {boolean} [isThere] whether the browser has it already
 * @returns {{ state: Loading, setState: (state: Loading) => void, isConnected: boolean }}
 */
export function useLoading(isThere = false) {
  const [state, setState] = useState(/** @type {Loading} */ (isThere ? "there" : "loading"));
  const isConnected = connection.value === "connected";
  useEffect(() => {
    if (isConnected && state === "failed") setState("loading");
  }, [isConnected]);
  return { state, setState, isConnected };
}
