/** What each role may do in a group, so that the page offers nothing else. The server decides. */

/** @typedef {import("../protocol.js").Role} Role */

export const ROLES = /** @type {const} */ (["owner", "admin", "member"]);

/** @type {Record<"add" | "remove" | "removeLeader" | "changeRoles" | "changeDetails" | "delete", Role[]>} */
const PERMISSIONS = {
  add: ["owner", "admin"],
  remove: ["owner", "admin"],
  removeLeader: ["owner"],
  changeRoles: ["owner"],
  changeDetails: ["owner", "admin"],
  delete: ["owner"],
};

/**
 * @param {Role} role
 * @param {keyof typeof PERMISSIONS} action
 */
export function may(role, action) {
  return PERMISSIONS[action].includes(role);
}

/**
 * @param {Role} role mine
 * @param {Role} other the role of the member to remove
 */
export function mayRemove(role, other) {
  return may(role, other === "member" ? "remove" : "removeLeader");
}
