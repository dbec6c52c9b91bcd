/** Downloads the export of my data. It has no time limit: it may be large, and the browser keeps it on disk. */

import { answerOf, ApiError, csrfToken } from "../../../api.js";
import { settings } from "../../../config.js";

const FILE_NAME = "chat-data.zip";

/** How long the browser may take to begin saving a file that it has already. */
const KEPT_MILLISECONDS = 60_000;

/** @param {string | null} password */
export async function downloadExport(password) {
  const request = new XMLHttpRequest();
  request.open("POST", `${settings.apiPrefix}/export`);
  request.responseType = "blob";
  request.setRequestHeader("Content-Type", "application/json");
  request.setRequestHeader("X-XSRF-TOKEN", csrfToken());
  await new Promise((resolve, reject) => {
    request.onload = resolve;
    // Also where an export is cut off.
    request.onerror = () => reject(new ApiError(0, "offline", ""));
    request.send(JSON.stringify({ password }));
  });
  if (request.status === 200) save(request.response);
  else await answerOf(new Response(request.response, { status: request.status }));
}

/** @param {Blob} file */
function save(file) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = FILE_NAME;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}
