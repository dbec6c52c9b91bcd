/** The sound that is being played: one at a time, and on while its message is scrolled away. */

import { effect, signal } from "@preact/signals";
import { onDeleted } from "./changes.js";
import { prefer, preferences } from "./preferences.js";
import { session } from "./store.js";

/** @typedef {{ id: string, address: string, name: string }} Sound `id` is the fileId */

/** @type {import("@preact/signals").Signal<Sound | null>} */
export const sound = signal(null);
export const isPlaying = signal(false);
export const positionSeconds = signal(0);
/** 0 as long as it is not known. */
export const lengthSeconds = signal(0);
/** The fileId of the sound that could not be played. */
export const failedSound = signal("");
/** The ids of the sounds whose players are on the screen, or near it. @type {import("@preact/signals").Signal<ReadonlySet<string>>} */
export const drawnSounds = signal(new Set());

const RATES = [1, 1.5, 2];

export const playbackRate = () => preferences.value.playbackRate ?? 1;

/** Goes from one rate to the next, and from the last to the first. */
export function changeRate() {
  prefer({ playbackRate: RATES[(RATES.indexOf(playbackRate()) + 1) % RATES.length] });
}

/** @type {HTMLAudioElement | null} */
let element = null;

/** Plays or pauses. @param {Sound} wanted */
export function toggleSound(wanted) {
  const audio = choose(wanted);
  if (audio.paused) audio.play().catch(ignoreRefusal);
  else audio.pause();
}

/** @param {Sound} wanted @param {number} seconds from its beginning */
export function seekSound(wanted, seconds) {
  const audio = choose(wanted);
  positionSeconds.value = seconds;
  audio.currentTime = seconds;
}

export function pauseSound() {
  element?.pause();
}

export function stopSound() {
  element?.pause();
  element?.removeAttribute("src");
  sound.value = null;
  isPlaying.value = false;
}

onDeleted((messageId) => {
  if (sound.peek()?.id.startsWith(`${messageId}-`)) stopSound();
});

/** @param {string} id @returns {() => void} to be called when the player is not drawn any more */
export function drawSound(id) {
  drawnSounds.value = new Set([...drawnSounds.peek(), id]);
  return () => (drawnSounds.value = new Set([...drawnSounds.peek()].filter((one) => one !== id)));
}

/** @param {Sound} wanted */
function choose(wanted) {
  element ??= newElement();
  if (sound.peek()?.id === wanted.id && failedSound.peek() !== wanted.id) return element;
  sound.value = wanted;
  positionSeconds.value = 0;
  lengthSeconds.value = 0;
  failedSound.value = "";
  element.src = wanted.address;
  element.playbackRate = playbackRate();
  if (navigator.mediaSession) navigator.mediaSession.metadata = new MediaMetadata({ title: wanted.name });
  return element;
}

function newElement() {
  const audio = new Audio();
  audio.preload = "metadata";
  const follow = () => {
    isPlaying.value = !audio.paused;
    positionSeconds.value = audio.currentTime;
    if (Number.isFinite(audio.duration)) lengthSeconds.value = audio.duration;
  };
  for (const event of ["play", "pause", "timeupdate", "durationchange", "seeked"]) audio.addEventListener(event, follow);
  audio.addEventListener("play", () => document.querySelectorAll("video").forEach((video) => video.pause()));
  audio.addEventListener("ended", () => (audio.currentTime = 0));
  audio.addEventListener("error", () => {
    isPlaying.value = false;
    if (audio.hasAttribute("src")) failedSound.value = sound.peek()?.id ?? "";
  });
  effect(() => {
    audio.defaultPlaybackRate = playbackRate();
    audio.playbackRate = playbackRate();
  });
  effect(() => {
    if (session.value.status !== "signedIn") stopSound();
  });
  return audio;
}

/** A browser may refuse to play; the element's own event tells of a sound that cannot be played. @param {unknown} error */
function ignoreRefusal(error) {
  if (!(error instanceof DOMException)) throw error;
}
