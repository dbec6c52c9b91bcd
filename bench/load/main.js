/**
 * The load generator: one process for each server under test. It reads commands as lines of JSON from standard input
 * and answers each with one line of JSON.
 *
 * `{"do": "open", ...}` -> `{"ok": true, ...}` or `{"ok": false, "error": "..."}`.
 */
import { createInterface } from "node:readline";
import { idle, storm } from "./connections.js";
import { history } from "./history.js";
import { closedLoop, openLoop } from "./loops.js";
import { Session } from "./session.js";

let session = null;

const COMMANDS = {
  use: (server) => void (session = new Session(server)),
  login: ({ users }) => session.login(users),
  groups: ({ work, count, size }) => session.addGroups(work, count, size),
  groupsOf: ({ count, usernames }) => session.addGroupsOf(count, usernames),
  pairs: ({ work, count }) => session.addPairs(work, count),
  connect: ({ users }) => session.connect(users),
  closed: (plan) => closedLoop(session, plan),
  open: (plan) => openLoop(session, plan),
  idle: (plan) => idle(session, plan),
  storm: (plan) => storm(session, plan),
  history: (plan) => history(session, plan),
  leave: () => session.leave(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...plan } = JSON.parse(line);
  let answer;
  try {
    answer = { ok: true, ...(await COMMANDS[name](plan)) };
  } catch (error) {
    answer = { ok: false, error: error.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
