/** What each role may do in a group, so that the page offers nothing else. The server decides. */

/**
 * @typedef {import("../protocol.js").Role} Role
 * @typedef {import("../protocol.js").Audience} Audience
 */

export const ROLES = /** @type {const} */ (["owner", "admin", "member"]);

/** @type {Record<"add" | "remove" | "removeLeader" | "changeRoles" | "changeDetails" | "delete" | "deleteMessages" | "setRetention", Role[]>} */
const PERMISSIONS = {
  add: ["owner", "admin"],
  remove: ["owner", "admin"],
  removeLeader: ["owner"],
  changeRoles: ["owner"],
  changeDetails: ["owner", "admin"],
  delete: ["owner"],
  deleteMessages: ["owner", "admin"],
  setRetention: ["owner"],
};

/**
 * @param {Role} role
 * @param {keyof typeof PERMISSIONS} action
 */
export function may(role, action) {
  return PERMISSIONS[action].includes(role);
}

/** @type {Record<Audience, readonly Role[]>} */
const ROLES_OF = { everybody: ROLES, admins: ["owner", "admin"] };

/**
 * @param {Role} role
 * @param {Audience} audience a setting of the group, such as `writers`
 */
export function isAmong(role, audience) {
  return ROLES_OF[audience].includes(role);
}

/**
 * @param {Role} role mine
 * @param {Role} other the role of the member to remove
 */
export function mayRemove(role, other) {
  return may(role, other === "member" ? "remove" : "removeLeader");
}

/** @param {import("./conversation.js").Conversation} conversation */
export function mayPin({ group, role, pinners }) {
  return !group || isAmong(role, pinners);
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
