/** The whole page: signing in, or the list and the open conversation. */

import { useSignal } from "@preact/signals";
import { say } from "../strings.js";
import { announcement, connection, hasRoom, notice, openKey, session, threadKey } from "../store.js";
import { Conversation } from "./conversation.js";
import { classes, html } from "./html.js";
import { Mark } from "./icons.js";
import { LinkPage, linkInAddress } from "./linkpage.js";
import { OpenDialog, Thread } from "./opendialog.js";
import { Sidebar } from "./sidebar.js";
import { SignIn } from "./signin.js";

/** The pages of links that serve whether somebody is signed in or not. The others are for who is not. */
const FOR_EVERYBODY = new Set(["email", "unsubscribe"]);

export function App() {
  const { status } = session.value;
  const link = useSignal(linkInAddress());
  if (status === "checking") return html`<div class="boot" role="status" aria-label=${say.appName}><${Mark} size=${56} /></div>`;
  if (link.value && FOR_EVERYBODY.has(link.value.kind)) return html`<${LinkPage} link=${link.value} onDone=${() => (link.value = null)} />`;
  if (status === "signedOut") return html`<${SignIn} />`;
  return html`<${Chat} />`;
}

function Chat() {
  const isCovered = threadKey.value && !hasRoom.value;
  return html`<main class=${classes("chat", openKey.value && "chat-open", threadKey.value && "chat-thread")} data-connection=${connection.value}>
    <${Sidebar} />
    ${!isCovered && html`<div class="pane">
      ${openKey.value ? html`<${Conversation} key=${openKey.value} id=${openKey.value} />` : html`<${NothingOpen} />`}
    </div>`}
    ${threadKey.value && html`<${Thread} key=${threadKey.value} id=${threadKey.value} />`}
    <p class="unseen" role="log" aria-live="polite">${announcement.value}</p>
    <p class=${classes("notice", !notice.value && "notice-empty")} role="status">${notice.value}</p>
    <${OpenDialog} />
  </main>`;
}

function NothingOpen() {
  return html`<div class="nothing-open">
    <${Mark} size=${72} />
    <h2>${say.chooseTitle}</h2>
    <p>${say.chooseHint}</p>
    <p class="nothing-open-key"><kbd>?</kbd> ${say.chooseShortcut}</p>
  </div>`;
}
