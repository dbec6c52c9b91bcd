/** The way to the files of a conversation, in its details. */

import { dialog } from "../../../store.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";

export function FilesEntry() {
  return html`<ul class="menu-list"><li><button type="button" class="menu-item" onClick=${() => (dialog.value = "files")}><${Icon} name="file" />${say.filesTitle}<span class="menu-end"><${Icon} name="next" size=${16} /></span></button></li></ul>`;
}
