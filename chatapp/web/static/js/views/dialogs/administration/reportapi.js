/** The HTTP API for reports and suspensions. */

import { call } from "../../../api.js";
import { settings } from "../../../config.js";

/**
 * @typedef {{ until: string | null, reason: string }} Suspension
 * @typedef {{ number: number, messageId: string, author: string, content: string, reasons: string[], reports: number, reportedAt: string }} ReportedMessage
 * @typedef {{ reporter: string, reason: string, comment: string, content: string, reportedAt: string }} Report
 * @typedef {{ sequence: number, sender: string, content: string, at: string, isDeleted: boolean, files?: import("../../../protocol.js").File[] }} ContextMessage
 * @typedef {object} OpenedReport
 * @property {string} messageId
 * @property {number} sequence
 * @property {string} author
 * @property {Suspension | null} suspension
 * @property {{ isThread: boolean, name: string, usernames: string[] }} place
 * @property {Report[]} reports
 * @property {ContextMessage[]} context
 */

const path = (/** @type {string} */ messageId) => `/admin/reports/${encodeURIComponent(messageId)}`;
const suspensionPath = (/** @type {string} */ username) => `/admin/people/${encodeURIComponent(username)}/suspension`;

/** @param {ReportedMessage} [last] of the page before @returns {Promise<{ open: number, messages: ReportedMessage[] }>} */
export const fetchReported = (last) => call("GET", `/admin/reports${last ? `?before=${last.number}` : ""}`);

/** @param {string} messageId @returns {Promise<OpenedReport>} */
export const openReport = (messageId) => call("GET", path(messageId));

/**
 * @param {string} messageId that was reported
 * @param {string} fileId of a message around it
 * @param {number} [preview] a smaller picture of it; every request is recorded
 */
export const addressOfReported = (messageId, fileId, preview) =>
  `${settings.apiPrefix}${path(messageId)}/file/${encodeURIComponent(fileId)}${preview === undefined ? "" : `/preview/${preview}`}`;

/** @param {string} messageId */
export async function dismissReport(messageId) {
  await call("DELETE", path(messageId));
}

/** @param {string} messageId */
export async function removeReported(messageId) {
  await call("DELETE", `${path(messageId)}/message`);
}

/** @param {string} username @param {number | null} hours null for a ban @param {string} reason */
export async function suspend(username, hours, reason) {
  await call("PUT", suspensionPath(username), { hours, reason });
}

/** @param {string} username */
export async function liftSuspension(username) {
  await call("DELETE", suspensionPath(username));
}
