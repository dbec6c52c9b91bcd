/**
 * The peer: a chat server that a good Node developer would write, with the same wire contract and durability.
 *
 * Settings come from the environment: BENCH_HTTP_PORT, BENCH_WS_PORT, BENCH_DATABASE (a path), BENCH_USERS (a count).
 */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { openAccounts } from "./accounts.js";
import { FramedOnceAdapter } from "./adapter.js";
import { serveChat } from "./chat.js";
import { Conversations } from "./conversations.js";
import { Delivery } from "./delivery.js";
import { httpApplication } from "./http.js";
import { Presence } from "./presence.js";
import { openStore } from "./store.js";

const HOST = "127.0.0.1";
const BACKLOG = 4096;

const store = openStore(process.env.BENCH_DATABASE);
const accounts = openAccounts(store, Number(process.env.BENCH_USERS ?? 0));
const conversations = new Conversations(store);

const sockets = createServer();
const io = new Server(sockets, { serveClient: false, perMessageDeflate: false, adapter: FramedOnceAdapter });
// The handshake request is not needed once connected. socket.io recommends this to save memory.
io.engine.on("connection", (connection) => {
  connection.request = null;
});
const namespace = io.of("/chat");
const presence = new Presence(namespace);
const delivery = new Delivery(namespace, conversations, presence, store);
serveChat({ namespace, accounts, conversations, delivery, presence, store });

const web = createServer(httpApplication({ accounts, conversations, namespace, presence, store }));
web.listen({ host: HOST, port: Number(process.env.BENCH_HTTP_PORT), backlog: BACKLOG });
sockets.listen({ host: HOST, port: Number(process.env.BENCH_WS_PORT), backlog: BACKLOG });

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    store.db.close();
    process.exit(0);
  });
}
