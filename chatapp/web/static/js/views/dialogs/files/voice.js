/** The microphone beside the message field, and the bar that takes its place while a voice message is recorded. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { focusField } from "../../../composing.js";
import { notify } from "../../../messageactions.js";
import { lengthText } from "../../../models/files.js";
import { say } from "../../../strings.js";
import { LENGTH_SECONDS_MAX, discardRecording, pauseRecording, recordedSoFar, recording, resumeRecording, sendRecording, startRecording } from "../../../voice/recording.js";
import { useBlobAddresses } from "../../files/addresses.js";
import { classes, html } from "../../html.js";
import { Icon } from "../../icons.js";

/** @typedef {import("../../../voice/recording.js").Recording} Recording */

/** @param {{ id: string }} props */
export function VoiceButton({ id }) {
  const start = async () => {
    const problem = await startRecording(id);
    if (problem) notify(problem);
  };
  return html`<button type="button" class="icon-button voice-button" aria-label=${say.voiceRecord} title=${say.voiceRecord} onClick=${start}><${Icon} name="microphone" size=${22} /></button>`;
}

/** @param {{ id: string }} props */
export function VoiceBar({ id }) {
  const pauseButton = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => {
    pauseButton.current?.focus();
    // In another conversation it waits.
    return pauseRecording;
  }, []);
  const present = recording.value;
  if (!present) return null;
  const isPaused = present.status === "paused" || present.status === "lost";
  const end = endOf(present);
  const finish = (/** @type {() => Promise<void>} */ work) => async () => {
    await work();
    focusField(id);
  };
  const label = isPaused ? say.voiceResume : say.pause;
  return html`<div class="composer-row voice-bar" role="group" aria-label=${say.fileVoice}>
    <button type="button" class="icon-button" aria-label=${say.voiceDiscard} title=${say.voiceDiscard} onClick=${finish(discardRecording)}><${Icon} name="trash" size=${22} /></button>
    <span class=${classes("voice-dot", isPaused && "voice-dot-paused")} aria-hidden="true"></span>
    <span class="voice-time" role="timer">${lengthText(Math.floor(present.seconds))}</span>
    <span class="unseen" role="status">${end || (isPaused ? say.voicePaused : say.voiceRecording)}</span>
    ${isPaused ? html`<${Listening} />` : html`<${Levels} levels=${present.levels} />`}
    <button ref=${pauseButton} type="button" class="icon-button" aria-label=${label} title=${end || label} aria-disabled=${end !== ""} onClick=${isPaused ? resumeRecording : pauseRecording}>
      <${Icon} name=${isPaused ? "microphone" : "pause"} size=${22} />
    </button>
    <button type="button" class="send" aria-label=${say.voiceSend} title=${say.voiceSend} aria-disabled=${present.status === "ending"} onClick=${finish(sendRecording)}><${Icon} name="send" size=${22} /></button>
  </div>`;
}

/** Why the recording cannot go on; empty if it can. @param {Recording} present */
function endOf({ status, seconds }) {
  if (status === "lost") return say.voiceLost;
  return seconds >= LENGTH_SECONDS_MAX ? say.voiceFull : "";
}

/** How loud it is, the newest at the end. @param {{ levels: number[] }} props */
function Levels({ levels }) {
  return html`<span class="voice-levels" aria-hidden="true">${levels.map((level, at) => html`<i key=${at} style=${{ height: `${Math.max(8, Math.round(level * 100))}%` }}></i>`)}</span>`;
}

/** Plays what is recorded until now. */
function Listening() {
  const sound = useRef(/** @type {HTMLAudioElement | null} */ (null));
  const blob = useSignal(/** @type {Blob | null} */ (null));
  const isPlaying = useSignal(false);
  const seconds = useSignal(0);
  useEffect(() => void recordedSoFar().then((found) => (blob.value = found)), []);
  const [address] = useBlobAddresses([blob.value]);
  const toggle = () => (isPlaying.peek() ? sound.current?.pause() : sound.current?.play());
  const label = isPlaying.value ? say.pause : say.voiceListen;
  return html`<span class="voice-listen">
    <button type="button" class="icon-button" aria-label=${label} title=${label} disabled=${!address} onClick=${toggle}><${Icon} name=${isPlaying.value ? "pause" : "play"} size=${22} /></button>
    <span class="voice-time" role="timer">${isPlaying.value && lengthText(Math.floor(seconds.value))}</span>
    ${address && html`<audio ref=${sound} src=${address} onPlay=${() => (isPlaying.value = true)} onPause=${() => (isPlaying.value = false)}
      onTimeUpdate=${(/** @type {any} */ event) => (seconds.value = event.target.currentTime)}></audio>`}
  </span>`;
}
