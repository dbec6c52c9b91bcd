/** Measures the cost of connections: resident memory while idle, and CPU when very many open and close at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { inParallel } from "./http.js";
import { cpuSeconds, residentBytes } from "./process.js";
import { Connection } from "./wire.js";

const WIDTH = 64;
const QUIET_MS = 300;
const QUIET_CPU_SECONDS = 0.02;
const STORM_SECONDS = 180;

/**
 * Measures the resident bytes of idle connections. Every user first connects once, so that the memory for that wave of
 * presence events is taken before the first reading. Then `count` more connections of the same users are opened.
 */
export async function idle(session, { users, count, settleSeconds }) {
  await session.connect(users);
  await settled(session.pid, settleSeconds);
  const before = residentBytes(session.pid);
  const extra = [];
  await inParallel(count, WIDTH, async (index) => extra.push(await session.open(index % users)));
  await settled(session.pid, settleSeconds);
  const bytes = residentBytes(session.pid) - before;
  const problems = session.lost > 0 ? { connectionsLost: session.lost } : {};
  session.connections.push(...extra);
  session.leave();
  return { connections: count, bytes, before, problems, examples: [] };
}

/**
 * All users connect at once. When all are connected and an observer has seen each of them online, all disconnect at
 * once, and the observer must see each of them offline. CPU is measured from the first SYN until the server is idle.
 */
export async function storm(session, { users }) {
  const online = new Set();
  const observer = await observe(session, users, online);
  await settled(session.pid, 0);
  const [cpu, start] = [cpuSeconds(session.pid), performance.now()];
  const connections = connectAll(session, users);
  const isConnected = (each) => each.isOpen;
  const isRefused = (each) => each.refusal !== null;
  await until(() => connections.some(isRefused) || (online.size === users && connections.every(isConnected)));
  const examples = connections.filter(isRefused).slice(0, 3).map((each) => each.refusal);
  const missing = users - Math.min(online.size, connections.filter(isConnected).length);
  const connected = performance.now();
  for (const connection of connections) connection.leave();
  const allLeft = await until(() => online.size === 0);
  await settled(session.pid, 0);
  const result = { connections: users, cpu: cpuSeconds(session.pid) - cpu, seconds: (performance.now() - start) / 1000 };
  observer.leave();
  const problems = {};
  if (missing > 0) problems.notConnected = missing;
  if (!allLeft) problems.stillOnline = online.size;
  return { ...result, connectSeconds: (connected - start) / 1000, problems, examples };
}

function connectAll(session, users) {
  const quiet = { opened() {}, event() {}, ack() {}, closed() {} };
  return Array.from({ length: users }, (_, index) => {
    return new Connection({ port: session.wsPort, username: `user${index}`, token: session.tokens[index] }, quiet);
  });
}

/** Connects one more user, who updates `online` from the presence events. */
function observe(session, index, online) {
  const username = `user${index}`;
  return new Promise((resolve, reject) => {
    const event = (connection, data, at, end) => {
      const [name, body] = JSON.parse(data.toString("utf8", at, end));
      if (name !== "onlineStatus" || body.username === username) return;
      if (body.online) online.add(body.username);
      else online.delete(body.username);
    };
    const closed = () => reject(new Error("The server closed the observer's connection."));
    new Connection({ port: session.wsPort, username, token: session.tokens[index] }, { opened: resolve, event, closed, ack() {} });
  });
}

async function until(isDone) {
  const end = performance.now() + STORM_SECONDS * 1000;
  while (!isDone() && performance.now() < end) await sleep(5);
  return isDone();
}

/** Waits for the given seconds, then until the server uses almost no CPU. */
async function settled(pid, seconds) {
  await sleep(seconds * 1000);
  const end = performance.now() + STORM_SECONDS * 1000;
  for (let before = cpuSeconds(pid); performance.now() < end; ) {
    await sleep(QUIET_MS);
    const now = cpuSeconds(pid);
    if (now - before < QUIET_CPU_SECONDS) return;
    before = now;
  }
}
