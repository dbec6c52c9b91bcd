/** HTTP calls to the server under test, over keep-alive connections. */
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Makes one call. Resolves to `{ status, headers, body }` with the body as text. */
export function call(port, method, path, { token, json } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const headers = {};
  if (token) headers["auth-token"] = token;
  if (body) Object.assign(headers, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Signs a user in and returns the token. */
export async function login(port, username) {
  const { status, headers, body } = await call(port, "POST", "/login", { json: { username } });
  if (status !== 200) throw new Error(`login of ${username}: ${status} ${body.slice(0, 200)}`);
  return headers["auth-token"];
}

/** Creates a group of the given users and returns its id. */
export async function createGroup(port, token, groupName, usernames) {
  const json = { groupName, users: usernames.map((username) => ({ username })) };
  const { status, body } = await call(port, "POST", "/group", { token, json });
  if (status !== 200) throw new Error(`group ${groupName}: ${status} ${body.slice(0, 200)}`);
  return String(JSON.parse(body).newGroup.groupId);
}

/** Runs `work(index)` for 0 to count - 1, at most `width` at a time. */
export async function inParallel(count, width, work) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}
