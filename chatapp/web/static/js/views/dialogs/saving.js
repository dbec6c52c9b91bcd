/** Saves a message for me alone, or removes it from my saved ones. */

import { notify } from "../../messageactions.js";
import { takeSaved } from "../../ownchanges.js";
import { saved } from "../../store.js";
import { attempt } from "./conversationmenu.js";
import { saveMessage } from "./laterapi.js";

/** A refusal is shown for a while. @param {{ messageId: string }} message */
export async function toggleSaved({ messageId }) {
  const problem = await attempt(async () => takeSaved(await saveMessage(messageId, !saved.peek().get(messageId)?.saved)));
  if (problem) notify(problem);
}
