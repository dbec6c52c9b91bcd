/** The wire of forwarded, saved and scheduled messages: types only, so the page does not load them. */

import type { Message } from "./protocol.js";

/** Who wrote a forwarded message, and when it was sent: ISO 8601, UTC. */
export type Forwarded = { sender: string; timestamp: string };

/** The message that an unsent copy is made of. */
export type Forward = Forwarded & { messageId: string };

/** Whether I have saved a message. */
export type Saved = { messageId: string; saved: boolean; userRevision: number };
export type SavedChange = { kind: "saved"; userRevision: number; saved: Saved };

/** Whether I block somebody. */
export type Block = { username: string; blocked: boolean; userRevision: number };
export type BlockChange = { kind: "block"; userRevision: number; block: Block };

/** A saved message in the list, and its conversation. */
export type ListedMessage = { receiver: string; group: boolean; message: Message; userRevision: number };

/** A message that I send later; `gone`: it was sent or deleted. `dueAt` is ISO 8601, UTC. */
export type Scheduled = {
  clientId: string;
  receiver: string;
  group: boolean;
  content: string;
  replyTo: number | null;
  dueAt: string;
  gone: boolean;
  failure: { code: string; message: string } | null;
  userRevision: number;
  files?: import("./protocol.js").File[];
};
export type ScheduledChange = { kind: "scheduled"; receiver: string; group: boolean; userRevision: number; scheduled: Scheduled };
