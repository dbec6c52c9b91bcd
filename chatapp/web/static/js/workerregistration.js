/** The service worker: keeps the shell, so that the page opens without a network, and shows notifications. */

import { signal } from "@preact/signals";
import { addressOfPath } from "./config.js";

/**
 * Trusted types, where the browser has them.
 * @typedef {{ createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): string } }} TrustedTypes
 */
const trustedTypes = /** @type {{ trustedTypes?: TrustedTypes }} */ (/** @type {unknown} */ (window)).trustedTypes;

/** The page's own policy, which its Content-Security-Policy allows. Only addresses of this file go through it. */
const policy = trustedTypes?.createPolicy("chatapp", { createScriptURL: (address) => address });

/** @type {import("@preact/signals").Signal<ServiceWorkerRegistration | undefined>} */
const registered = signal(undefined);

export async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  const address = addressOfPath("/service-worker.js");
  try {
    registered.value = await navigator.serviceWorker.register(policy?.createScriptURL(address) ?? address);
  } catch {
    // Not available at this address (no TLS, or the browser forbids it). The page works, but not offline.
  }
}

/** Whether it is registered, which effects hear of. */
export const hasWorker = () => registered.value !== undefined;

/** The worker, once it is registered. @returns {Promise<ServiceWorkerRegistration | undefined>} when it works */
export async function workerRegistration() {
  return registered.value && navigator.serviceWorker.ready;
}
