/** A sound or a voice message, with a player of its own: play, seek, and how fast. */

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { metadataOf } from "../../files/metadata.js";
import { withoutControls } from "../../models/bidi.js";
import { lengthText } from "../../models/files.js";
import { changeRate, drawSound, failedSound, isPlaying, lengthSeconds, playbackRate, positionSeconds, seekSound, sound, toggleSound } from "../../playback.js";
import { numberText, say } from "../../strings.js";
import { classes, html } from "../html.js";
import { Icon } from "../icons.js";
import { addressOf } from "./addresses.js";
import { Download } from "./card.js";
import { FileFacts, FileName } from "./name.js";
import { Waveform } from "./waveform.js";

/** @typedef {import("../../models/files.js").File} File */

/** @param {{ file: File }} props */
export function SoundPlayer({ file }) {
  useLayoutEffect(() => drawSound(file.fileId), [file.fileId]);
  const played = { id: file.fileId, address: addressOf(file), name: file.isVoice ? say.fileVoice : file.name };
  const isChosen = sound.value?.id === file.fileId;
  const isOn = isChosen && isPlaying.value;
  const known = useLength(file);
  const length = (isChosen && lengthSeconds.value) || known;
  const position = isChosen ? Math.min(positionSeconds.value, length || Infinity) : 0;
  const seek = (/** @type {number} */ seconds) => seekSound(played, Math.min(length, Math.max(0, seconds)));
  const label = isOn ? say.pause : file.isVoice ? say.playVoice : say.playNamed({ name: file.name });
  return html`<div class=${classes("sound", file.isVoice && "sound-voice")} role="group" aria-label=${file.isVoice ? say.fileVoice : withoutControls(file.name)}>
    ${!file.isVoice && html`<div class="file-line"><span class="file-words"><${FileName} name=${file.name} /><${FileFacts} file=${file} /></span>${file.address === undefined && html`<${Download} file=${file} />`}</div>`}
    <div class="sound-line">
      <button type="button" class="sound-play" aria-label=${label} title=${label} onClick=${() => toggleSound(played)}><${Icon} name=${isOn ? "pause" : "play"} size=${22} /></button>
      <${Timeline} waveform=${file.isVoice ? file.waveform ?? [] : null} position=${position} length=${length} onSeek=${seek} />
      <button type="button" class="sound-rate" aria-label=${say.playbackRate({ rate: numberText(playbackRate()) })} title=${say.playbackRateHint} onClick=${changeRate}>${numberText(playbackRate())}×</button>
    </div>
    <small class="sound-time" aria-hidden="true">${position > 0 ? `${lengthText(position)} / ` : ""}${length > 0 ? lengthText(length) : ""}</small>
    ${failedSound.value === file.fileId && html`<p class="file-problem" role="alert">${say.soundFailed}</p>`}
  </div>`;
}

/** The sender need not have said how long it is. @param {File} file @returns {number} seconds; 0 while that is not known */
function useLength(file) {
  const [found, setFound] = useState(0);
  useEffect(() => {
    if (!file.seconds && file.address !== "") metadataOf("audio", addressOf(file)).then(({ seconds = 0 }) => setFound(seconds));
  }, [file.fileId]);
  return file.seconds || found;
}

const STEP_SECONDS = 5;
/** A part of the whole, for PageUp and PageDown. */
const LEAP = 0.1;

/**
 * Where the sound is. The left is its beginning in every language.
 * @param {{ waveform: number[] | null, position: number, length: number, onSeek: (seconds: number) => void }} props without a waveform it is a line
 */
function Timeline({ waveform, position, length, onSeek }) {
  const at = length > 0 ? position / length : 0;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const target = positionAfter(event.key, position, length);
    if (target === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onSeek(target);
  };
  return html`<div class="timeline" dir="ltr" role="slider" tabIndex=${0} aria-label=${say.playbackPosition} aria-valuemin="0" aria-valuemax=${Math.round(length)} aria-valuenow=${Math.round(position)}
    aria-valuetext=${say.playbackTime({ time: lengthText(position), whole: lengthText(length) })} onKeyDown=${onKeyDown}
    onPointerDown=${(/** @type {any} */ event) => hold(event, (part) => onSeek(part * length))}>
    <${Waveform} values=${waveform} at=${at} />
  </div>`;
}

/**
 * @param {string} key
 * @param {number} position seconds
 * @param {number} length seconds
 * @returns {number | null} seconds; null for a key that moves nothing
 */
function positionAfter(key, position, length) {
  /** @type {Record<string, number>} */
  const targets = {
    ArrowRight: position + STEP_SECONDS,
    ArrowUp: position + STEP_SECONDS,
    ArrowLeft: position - STEP_SECONDS,
    ArrowDown: position - STEP_SECONDS,
    PageUp: position + length * LEAP,
    PageDown: position - length * LEAP,
    Home: 0,
    End: length,
  };
  return targets[key] ?? null;
}

/**
 * Follows the pointer until it is released.
 * @param {PointerEvent & { currentTarget: HTMLElement }} event
 * @param {(part: number) => void} onPart hears which part of the width is left of the pointer, from 0 to 1
 */
function hold(event, onPart) {
  const { currentTarget: target, pointerId } = event;
  const tell = (/** @type {PointerEvent} */ { clientX }) => {
    const { left, width } = target.getBoundingClientRect();
    onPart(Math.min(1, Math.max(0, (clientX - left) / width)));
  };
  const end = () => {
    target.removeEventListener("pointermove", tell);
    target.removeEventListener("lostpointercapture", end);
  };
  target.setPointerCapture(pointerId);
  target.addEventListener("pointermove", tell);
  target.addEventListener("lostpointercapture", end);
  tell(event);
}
