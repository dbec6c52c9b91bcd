/** Sends the bytes of one file by the tus protocol. What the server has is never sent again, whatever interrupts it. */

import { Upload } from "tus-js-client";
import { ApiError, call, csrfToken } from "../api.js";
import { settings } from "../config.js";
import { connection } from "../store.js";

/** @typedef {import("../models/outbox.js").OutboxFile} OutboxFile */

/** A part that is cut off costs only what the server has not read of it. Proxies that let pictures of people through let this through. */
const PART_BYTES = 4 * 1024 * 1024;
/** After the last one the outbox tries again with the next connection. */
const RETRY_MILLISECONDS = [0, 1_000, 3_000, 5_000];
/** A request that a sleeping laptop or a change of networks has left hanging ends by itself only after many minutes. */
const STALLED_MILLISECONDS = 60_000;
const STALLED_AT_RECONNECTION_MILLISECONDS = 5_000;

/**
 * @param {OutboxFile} file with its bytes
 * @param {object} hooks
 * @param {(share: number) => void} hooks.onProgress called with what part of the file is sent, from 0 to 1
 * @param {(uploadId: string) => void} hooks.onBegun called when the server has accepted the file, before any byte is sent
 * @param {AbortSignal} hooks.cancelled
 * @returns {Promise<string>} the code of the error; empty if the server has the whole file and takes it
 */
export async function upload(file, { onProgress, onBegun, cancelled }) {
  let begun = file.uploadId;
  const note = (/** @type {string} */ uploadId) => {
    if (begun !== uploadId) onBegun(uploadId);
    begun = uploadId;
  };
  const code = await sendBytes(file, { onProgress, onBegun: note, cancelled });
  if (code || begun === null) return code || "unavailable";
  return outcomeOf(begun);
}

/**
 * @param {OutboxFile} file
 * @param {{ onProgress: (share: number) => void, onBegun: (uploadId: string) => void, cancelled: AbortSignal }} hooks
 * @returns {Promise<string>}
 */
function sendBytes({ blob, name, type, size, uploadId }, { onProgress, onBegun, cancelled }) {
  return new Promise((resolve) => {
    const tus = new Upload(/** @type {Blob} */ (blob), {
      // Without an endpoint the library never begins anew when the server does not find an upload, or is being restarted.
      endpoint: uploadId ? null : `${settings.apiPrefix}/uploads`,
      uploadUrl: uploadId && addressOf(uploadId),
      metadata: { filename: name, filetype: type },
      chunkSize: PART_BYTES,
      retryDelays: RETRY_MILLISECONDS,
      storeFingerprintForResuming: false,
      onBeforeRequest: (request) => request.setHeader("X-XSRF-TOKEN", csrfToken()),
      onUploadUrlAvailable: () => {
        const id = new URL(/** @type {string} */ (tus.url), location.href).pathname.split("/").at(-1) ?? "";
        tus.url = addressOf(id);
        tus.options.endpoint = null;
        onBegun(id);
      },
      onProgress: (sent) => {
        moved();
        onProgress(size > 0 ? sent / size : 1);
      },
      onShouldRetry: (error) => navigator.onLine && isTemporary(error.originalResponse?.getStatus() ?? 0),
      onSuccess: () => end(""),
      onError: (error) => end(codeOf(/** @type {import("tus-js-client").DetailedError} */ (error))),
    });
    const { moved, unwatch } = watch(tus);
    const end = (/** @type {string} */ code) => {
      unwatch();
      resolve(code);
    };
    cancelled.addEventListener("abort", () => {
      tus.abort();
      end("cancelled");
    });
    if (cancelled.aborted) end("cancelled");
    else tus.start();
  });
}

/** Begins again with an upload that has stopped moving. @param {Upload} tus */
function watch(tus) {
  let movedAt = Date.now();
  const moved = () => void (movedAt = Date.now());
  const restartIfStill = (/** @type {number} */ milliseconds) => {
    if (Date.now() - movedAt < milliseconds) return;
    moved();
    tus.abort();
    tus.start();
  };
  const timer = setInterval(() => restartIfStill(STALLED_MILLISECONDS), STALLED_MILLISECONDS / 4);
  const forget = connection.subscribe((status) => status === "connected" && restartIfStill(STALLED_AT_RECONNECTION_MILLISECONDS));
  const unwatch = () => {
    clearInterval(timer);
    forget();
  };
  return { moved, unwatch };
}

/** @param {string} uploadId */
const addressOf = (uploadId) => `${settings.apiPrefix}${pathOf(uploadId)}`;

/** @param {string} uploadId */
const pathOf = (uploadId) => `/uploads/${encodeURIComponent(uploadId)}`;

/** Another request is writing, the offset has moved, the part arrived damaged, or the server is not there. */
const TEMPORARY = new Set([0, 409, 423, 460, 500, 502, 503, 504]);

/** @param {number} status */
const isTemporary = (status) => TEMPORARY.has(status);

/** @param {import("tus-js-client").DetailedError} error */
function codeOf({ originalResponse }) {
  const status = originalResponse?.getStatus() ?? 0;
  if (status === 0) return "offline";
  if (status === 404 || status === 410) return "upload_missing";
  if (status === 401) return "not_signed_in";
  return isTemporary(status) ? "unavailable" : codeIn(originalResponse?.getBody() ?? "");
}

/** @param {string} body */
function codeIn(body) {
  try {
    return JSON.parse(body).error.code;
  } catch {
    return "unknown";
  }
}

/**
 * What the server says of a file that it has. If it was interrupted while it looked at the file, it does so now.
 * @param {string} uploadId
 * @returns {Promise<string>} the code of the error; empty if it takes the file
 */
async function outcomeOf(uploadId) {
  try {
    const { upload: found } = await call("GET", pathOf(uploadId));
    if (found.state === "refused") return found.error.code;
    return found.state === "ready" ? "" : "unavailable";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 || error.status === 410) return "upload_missing";
    // A request that was cut off may still be looking at the file.
    return error.status > 0 && isTemporary(error.status) ? "unavailable" : error.code;
  }
}

/** Frees what the server has of a file. If that fails, the upload expires by itself. @param {string} uploadId */
export async function forgetUpload(uploadId) {
  await call("DELETE", pathOf(uploadId)).catch(() => {});
}
