/** The HTTP API for administration. */

import { call } from "../../../api.js";
import { settings } from "../../../config.js";

/**
 * @typedef {object} Account
 * @property {string} username
 * @property {string} firstName
 * @property {string} lastName
 * @property {"administrator" | "moderator" | "member" | "guest" | "bot"} role
 * @property {boolean} isActive
 * @property {string} createdAt
 * @property {number} sessions
 * @property {import("./reportapi.js").Suspension | null} suspension
 *
 * @typedef {{ id: number, uses: number, usesAllowed: number, expiresAt: string, isValid: boolean, role: "member" | "guest", groups: string[] }} Invitation
 * @typedef {{ id: number, secret: string, expiresAt: string, qrCode: string[] }} NewInvitation
 * @typedef {{ groupId: string, groupName: string, isPublic: boolean, createdAt: string, memberCount: number, owners: string[] }} AdminGroup
 * @typedef {{ id: number, at: string, kind: string, actor: string, target: string, address: string, details: Record<string, any> }} AuditLine
 * @typedef {{ kind: string, username: string }} AuditFilter
 */

/** The most that the server answers at once, unless it is asked for more. */
export const PAGE = 50;

/** What a link that is made here begins with. */
export const pageAddress = () => location.origin + location.pathname;

const personPath = (/** @type {string} */ username) => `/admin/people/${encodeURIComponent(username)}`;
const groupPath = (/** @type {string} */ groupId) => `/admin/groups/${encodeURIComponent(groupId)}`;

/** @param {string} search @param {Account} [last] of the page before @returns {Promise<Account[]>} */
export async function fetchPeople(search, last) {
  return (await call("GET", `/admin/people?${new URLSearchParams({ search, after: last?.username ?? "" })}`)).people;
}

/** @param {string} username @param {{ role?: string, isActive?: boolean, username?: string }} change */
export async function changePerson(username, change) {
  await call("PATCH", personPath(username), change);
}

/** @param {string} username @param {import("../removal.js").Wanted} wanted */
export async function removePerson(username, wanted) {
  await call("POST", `${personPath(username)}/removal`, wanted);
}

/** @param {string} username */
export async function endSessionsOf(username) {
  await call("DELETE", `${personPath(username)}/sessions`);
}

/** @param {string} username @returns {Promise<{ secret: string, expiresAt: string }>} */
export const addReset = (username) => call("POST", `${personPath(username)}/reset`);

/** @returns {Promise<Invitation[]>} the newest first */
export async function fetchInvitations() {
  return (await call("GET", "/admin/invitations")).invitations;
}

/** @param {number} uses @param {number} days @param {string[]} groups where guests are led; none for members @returns {Promise<NewInvitation>} */
export const addInvitation = (uses, days, groups) => call("POST", "/admin/invitations", { uses, days, groups, page: pageAddress() });

/** @param {number} id */
export async function revokeInvitation(id) {
  await call("DELETE", `/admin/invitations/${id}`);
}

/** @param {string} search @param {AdminGroup} [last] of the page before @returns {Promise<AdminGroup[]>} */
export async function fetchGroups(search, last) {
  return (await call("GET", `/admin/groups?${new URLSearchParams({ search, after: last?.groupId ?? "0" })}`)).groups;
}

/** @param {string} groupId @param {string} username */
export async function appointOwner(groupId, username) {
  await call("PUT", `${groupPath(groupId)}/owner`, { username });
}

/** @param {string} groupId */
export async function deleteAnyGroup(groupId) {
  await call("DELETE", groupPath(groupId));
}

/** @param {Record<string, string>} values @returns {string} those that are not empty */
const queryOf = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

/** @param {AuditFilter} filter @param {AuditLine} [last] of the page before @returns {Promise<AuditLine[]>} the newest first */
export async function fetchAuditLines({ kind, username }, last) {
  return (await call("GET", `/admin/audit?${queryOf({ kind, username, before: String(last?.id ?? "") })}`)).lines;
}

/** @param {"csv" | "jsonl"} form @param {AuditFilter} filter @returns {string} the address of a download */
export const auditAddress = (form, { kind, username }) => `${settings.apiPrefix}/admin/audit.${form}?${queryOf({ kind, username })}`;

/** @param {{ systemName?: string, joining?: string, retentionDays?: number }} change @returns {Promise<{ systemName: string, joining: typeof settings.joining, retentionDays: number }>} */
export const changeInstallation = (change) => call("PATCH", "/admin/installation", change);

/** @param {number} days @returns {Promise<import("../../../protocol.js").RetentionPreview>} */
export const previewRetention = (days) => call("GET", `/admin/retention?days=${days}`);

/** @returns {Promise<{ name: string, value: string }[]>} */
export async function fetchLimits() {
  return (await call("GET", "/admin/limits")).limits;
}
