/** Sends my picture, and says how much of it is sent, which `fetch` cannot. */

import { answerOf, ApiError, csrfToken } from "../../../api.js";
import { settings } from "../../../config.js";

const TIMEOUT_MILLISECONDS = 60_000;

/**
 * @param {Blob} file
 * @param {(share: number) => void} onProgress called with what part of the file is sent, from 0 to 1
 * @returns {Promise<import("../../../protocol.js").Profile>}
 */
export async function uploadPicture(file, onProgress) {
  const request = new XMLHttpRequest();
  request.open("PUT", `${settings.apiPrefix}/profile/picture`);
  request.timeout = TIMEOUT_MILLISECONDS;
  request.setRequestHeader("Content-Type", file.type);
  request.setRequestHeader("X-XSRF-TOKEN", csrfToken());
  request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
  await new Promise((resolve, reject) => {
    request.onload = resolve;
    request.onerror = request.ontimeout = () => reject(new ApiError(0, "offline", ""));
    request.send(file);
  });
  return (await answerOf(new Response(request.responseText, { status: request.status }))).profile;
}
