/** Users and their sessions: a JWT (HS256) with the username in `sub`, verified with jsonwebtoken. */
import { createSecretKey, randomBytes } from "node:crypto";
import jwt from "jsonwebtoken";

const SESSION_SECONDS = 24 * 60 * 60;

/**
 * @param store the opened database
 * @param {number} extraUsers how many of user0, user1, ... exist in addition to alice, bob and carol
 */
export function openAccounts(store, extraUsers) {
  const secret = createSecretKey(randomBytes(32));
  addDemoUsers(store, extraUsers);
  const users = new Map(store.users.all().map((user) => [user.username, user]));

  function session(token) {
    try {
      const { sub } = jwt.verify(token, secret, { algorithms: ["HS256"] });
      return users.has(sub) ? { username: sub } : null;
    } catch {
      return null;
    }
  }

  return {
    session,
    tokenOfCookie,
    exists: (username) => users.has(username),
    all: () => Array.from(users.values()),
    user: (username) => users.get(username),
    token: (username) => jwt.sign({ sub: username }, secret, { algorithm: "HS256", expiresIn: SESSION_SECONDS }),
  };
}

function addDemoUsers(store, extraUsers) {
  store.inTransaction(() => {
    for (const username of ["alice", "bob", "carol"]) store.addUser.run(username, username, "Demo");
    for (let index = 0; index < extraUsers; index++) store.addUser.run(`user${index}`, `User ${index}`, "Demo");
  });
}

function tokenOfCookie(header) {
  return header?.match(/(?:^|;\s*)chatToken=([^;]+)/)?.[1];
}
