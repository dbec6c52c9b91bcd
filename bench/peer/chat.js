/** The Socket.IO namespace `/chat`: authentication, and the handlers of its events. */
import { checkedContent, Refused, storeMessage } from "./messages.js";

/** Registers the handlers of the namespace. */
export function serveChat({ namespace, accounts, conversations, delivery, presence, store }) {
  namespace.use((socket, next) => {
    const { auth, query, headers } = socket.handshake;
    const session = accounts.session(auth.token ?? query.token ?? accounts.tokenOfCookie(headers.cookie));
    if (!session) return next(new Error("The session is not valid."));
    socket.data = session;
    next();
  });
  namespace.on("connection", (socket) => welcome(socket));

  function welcome(socket) {
    const { username } = socket.data;
    const memberships = conversations.of(username);
    socket.join([`u:${username}`, ...memberships.filter((each) => each.isGroup).map((each) => each.room)]);
    presence.opened(username);
    for (const conversation of memberships) delivery.catchUp(conversation, username);
    socket.on("privateMessage", (payload, ack) => receive(socket, payload, ack, privateConversation));
    socket.on("groupMessage", (payload, ack) => receive(socket, payload, ack, groupConversation));
    socket.on("createGroup", (payload, ack) => createGroup(socket, payload, ack));
    socket.on("disconnect", () => presence.closed(username));
  }

  function receive(socket, payload, ack, conversationOf) {
    const { username } = socket.data;
    try {
      if (payload?.sender !== username) throw new Refused("forbidden", "The sender is not the session's user.");
      const content = checkedContent(payload.content);
      const conversation = conversationOf(username, payload.receiver);
      storeMessage(store, conversation, username, content, payload.clientId ?? null, (error, message, isNew) => {
        if (error) return ack?.(failure(error));
        if (!isNew) return ack?.({ success: true, response: message });
        delivery.send(conversation, message, (settled) => ack?.({ success: true, response: settled }));
      });
    } catch (error) {
      ack?.(failure(error));
    }
  }

  function privateConversation(username, receiver) {
    if (!accounts.exists(receiver)) throw new Refused("not_found", "There is no such user.");
    return conversations.direct(username, receiver, true);
  }

  function groupConversation(username, groupId) {
    const group = conversations.group(groupId, username);
    if (!group) throw new Refused("not_found", "There is no such group.");
    return group;
  }

  function createGroup(socket, payload, ack) {
    const { username } = socket.data;
    try {
      const group = payload?.groupId
        ? groupConversation(username, payload.groupId)
        : makeGroup({ accounts, conversations, namespace }, username, payload);
      namespace.to(group.room).emit("newgrp", { response: `The group ${group.name} now exists.` });
      ack?.({ success: true, response: group.key });
    } catch (error) {
      ack?.(failure(error));
    }
  }
}

/** Creates a group of existing users, including its creator, and joins their connections to its room. */
export function makeGroup({ accounts, conversations, namespace }, creator, { groupName, users = [] } = {}) {
  if (typeof groupName !== "string" || groupName.length < 1 || groupName.length > 100 || !Array.isArray(users)) {
    throw new Refused("invalid", "A group has a name of 1 to 100 characters and a list of users.");
  }
  const usernames = new Set([creator, ...users.map((user) => user?.username).filter(accounts.exists)]);
  const group = conversations.createGroup(groupName, usernames);
  namespace.in(Array.from(usernames, (username) => `u:${username}`)).socketsJoin(group.room);
  return group;
}

function failure(error) {
  const isRefused = error instanceof Refused;
  if (!isRefused) console.error(error);
  const message = isRefused ? error.message : "Something went wrong.";
  const code = isRefused ? error.code : "internal";
  return { success: false, response: message, error: { code, message, details: null } };
}
