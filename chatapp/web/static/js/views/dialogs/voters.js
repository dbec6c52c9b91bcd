/** Who voted for each option of a poll. */

import { fetchVoters } from "../../polls/actions.js";
import { say } from "../../strings.js";
import { me, nameOf } from "../../store.js";
import { Avatar } from "../avatar.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { useChosenMessage } from "./chosenmessage.js";
import { Fetched } from "./fetched.js";

export function VotersDialog() {
  const { message } = useChosenMessage();
  return html`<${Dialog} title=${say.pollWhoVoted}>${message?.poll && html`<${Voters} key=${message.changedRevision} message=${message} poll=${message.poll} />`}<//>`;
}

/** @param {{ message: import("../../protocol.js").Message, poll: import("../../polls/types.js").Poll }} props */
function Voters({ message, poll }) {
  return html`<${Fetched} fetch=${() => fetchVoters(message)} failed=${say.pollWhoVotedFailed}
    draw=${(/** @type {string[][]} */ found) => found.map(
      (usernames, at) => html`<section key=${at} class="reactors">
        <h3><bdi>${poll.options[at].text}</bdi> <small>${poll.options[at].votes.toLocaleString()}</small></h3>
        ${usernames.length === 0 && html`<p class="state-hint">${say.pollNobody}</p>`}
        <ul>${usernames.map((username) => html`<li key=${username}><${Avatar} id=${username} name=${nameOf(username)} size="small" /><bdi>${username === me.value ? say.you : nameOf(username)}</bdi></li>`)}</ul>
      </section>`,
    )} />`;
}
