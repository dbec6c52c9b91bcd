/** The tick of a message of mine. In a group it is a button that shows who has received and read the message. */

import { dialog, receiptsOf } from "../store.js";
import { say } from "../strings.js";
import { html } from "./html.js";
import { Tick, labelOf } from "./tick.js";

/**
 * @param {object} props
 * @param {import("../protocol.js").Message | null} props.message null while it is on its way
 * @param {boolean} props.group
 * @param {import("./tick.js").TickState} props.state
 */
export function OwnTick({ message, group, state }) {
  if (!group || !message) return html`<${Tick} state=${state} />`;
  const open = () => {
    receiptsOf.value = message;
    dialog.value = "receipts";
  };
  return html`<button type="button" class="tick-button" aria-label=${say.receiptsShow({ state: labelOf(state) })} onClick=${open}><${Tick} state=${state} /></button>`;
}
