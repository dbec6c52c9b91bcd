/** The HTTP routes, on Express 5. */
import express from "express";
import { makeGroup } from "./chat.js";
import { page, Refused } from "./messages.js";

const STATUS_OF = { invalid: 400, forbidden: 403, not_found: 404 };

/** Returns the Express application. ETags are off because every response is per user and short-lived. */
export function httpApplication({ accounts, conversations, namespace, presence, store }) {
  const app = express();
  app.disable("x-powered-by").disable("etag");
  const body = express.json({ limit: "2mb" });

  app.post("/login", body, (request, response) => {
    const username = request.body?.username;
    if (typeof username !== "string") throw new Refused("invalid", "A username is needed.");
    if (!accounts.exists(username)) return response.status(401).json({ response: "Unknown user or wrong password." });
    const token = accounts.token(username);
    response.set("auth-token", token).cookie("chatToken", token, { httpOnly: true, path: "/", sameSite: "lax" });
    response.json({ response: "Signed in." });
  });

  app.get("/users", (request, response) => response.json({ users: accounts.all().map(wireUser) }));

  app.get("/loggedIn", signedIn, (request, response) => {
    response.set("auth-token", accounts.token(request.username)).json({ username: request.username });
  });

  app.get("/all/:username", signedIn, (request, response) => {
    onlyCaller(request, request.params.username);
    const groups = conversations.of(request.username).filter((each) => each.isGroup).map(wireGroup);
    response.json({ users: accounts.all().map(wireUser), groups });
  });

  app.get("/messages/:sender/:receiver", signedIn, (request, response) => {
    const { sender, receiver } = request.params;
    onlyCaller(request, sender);
    const conversation = readable(sender, receiver, request.query.group === "yes");
    response.json(conversation ? page(store, conversation, pageOf(request.query)) : []);
  });

  app.post("/group", signedIn, body, (request, response) => {
    const group = makeGroup({ accounts, conversations, namespace }, request.username, request.body);
    response.json({ newGroup: wireGroup(group) });
  });

  app.use((error, request, response, next) => {
    const status = STATUS_OF[error.code] ?? error.status ?? 500;
    if (status === 500) console.error(error);
    response.status(status).json({ response: status === 500 ? "Something went wrong." : error.message });
  });
  return app;

  function signedIn(request, response, next) {
    const { authorization, cookie, "auth-token": header } = request.headers;
    const token = header ?? authorization?.replace(/^Bearer /, "") ?? accounts.tokenOfCookie(cookie);
    const session = accounts.session(token);
    if (!session) return response.status(401).json({ response: "No valid session." });
    request.username = session.username;
    next();
  }

  function readable(sender, receiver, isGroup) {
    if (isGroup) {
      const group = conversations.group(receiver, sender);
      if (!group) throw new Refused("forbidden", "You are not in that group.");
      return group;
    }
    if (!accounts.exists(receiver)) throw new Refused("not_found", "There is no such user.");
    return conversations.direct(sender, receiver, false);
  }

  function wireUser({ username, firstName, lastName }) {
    return { firstName, lastName, username, isOnline: presence.isOnline(username) };
  }

  function wireGroup({ key, name, createdAt, members }) {
    const users = Array.from(members.keys(), (username) => wireUser(accounts.user(username)));
    return { groupName: name, groupId: key, users, messages: [], createdAt };
  }
}

function onlyCaller(request, username) {
  if (request.username !== username) throw new Refused("forbidden", "That is not yours.");
}

function pageOf(query) {
  const wanted = {};
  for (const name of ["before", "after", "limit"]) {
    if (query[name] === undefined) continue;
    wanted[name] = Number(query[name]);
    if (!Number.isSafeInteger(wanted[name]) || wanted[name] < 0) throw new Refused("invalid", `Bad ${name}.`);
  }
  return wanted;
}
