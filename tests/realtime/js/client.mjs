// Behaves like the existing browser client. Reads JSON commands from stdin, one a line, and writes JSON reports to stdout.
//
// node client.mjs '{"url": "http://...", "username": "alice", "options": {...}}'
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const { url, username, options } = JSON.parse(process.argv[2]);
const report = (kind, name, payload) => process.stdout.write(JSON.stringify({ kind, name, payload }) + "\n");

const socket = io(`${url}/chat`, { withCredentials: true, reconnectionDelay: 100, reconnectionDelayMax: 200, ...options });

socket.on("connect", () => report("state", "connected", socket.io.engine.transport.name));
socket.on("connect_error", (error) => report("state", "connect_error", { message: error.message, data: error.data }));
socket.on("disconnect", (reason) => report("state", "disconnected", reason));
socket.io.on("open", () => report("state", "opened", socket.io.engine.transport.name));
socket.io.engine.on("upgrade", (transport) => report("state", "upgraded", transport.name));

socket.on("response", (payload, callback) => {
  report("event", "response", payload);
  callback({ success: true, receiver: username });
});
for (const name of ["updateDeliveryStatusOnConnection", "onlineStatus", "newgrp", "receipt", "token-expired"]) {
  socket.on(name, (payload) => report("event", name, payload));
}

const commands = {
  emit: ({ event, payload, id }) => socket.emit(event, payload, (ack) => report("ack", String(id), ack)),
  drop: () => socket.io.engine.close(),
  end: () => socket.disconnect(),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on("close", () => {
    socket.disconnect();
    process.exit(0);
  });
