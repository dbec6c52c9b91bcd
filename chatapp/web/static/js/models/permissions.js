/** What each role may do in a group, so that the page offers nothing else. The server decides. */

/** @typedef {import("../protocol.js").Role} Role */

export const ROLES = /** @type {const} */ (["owner", "admin", "member"]);

/** @type {Record<"add" | "remove" | "removeLeader" | "changeRoles" | "changeDetails" | "delete" | "deleteMessages", Role[]>} */
const PERMISSIONS = {
  add: ["owner", "admin"],
  remove: ["owner", "admin"],
  removeLeader: ["owner"],
  changeRoles: ["owner"],
  changeDetails: ["owner", "admin"],
  delete: ["owner"],
  deleteMessages: ["owner", "admin"],
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

/**
 * @param {import("../protocol.js").Message} message
 * @param {import("./conversation.js").Conversation} conversation
 * @param {string} me
 */
export function mayDelete(message, conversation, me) {
  if (message.deletedAt) return false;
  return message.sender === me || (conversation.group && may(conversation.role, "deleteMessages"));
}
