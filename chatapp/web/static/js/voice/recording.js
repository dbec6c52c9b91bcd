/** The voice message that is being recorded, if there is one. */

import { effect, signal } from "@preact/signals";
import { endPurpose, purposes } from "../composing.js";
import { keepBlob } from "../files/database.js";
import { newFile } from "../files/trays.js";
import { quoteOf } from "../models/messagestate.js";
import { newEntry, withFiles } from "../models/outbox.js";
import { goToLatest } from "../passages.js";
import { nextMoment, post } from "../sending.js";
import { me, newAfterOf } from "../store.js";
import { say } from "../strings.js";
import { canRecord, openMicrophone } from "./microphone.js";
import { waveformOf } from "./waveform.js";

/**
 * @typedef {object} Recording
 * @property {string} owner who speaks
 * @property {string} key the conversation or the thread
 * @property {"recording" | "paused" | "lost" | "ending"} status `lost`: the microphone is gone, what is recorded is not
 * @property {number} seconds that are recorded
 * @property {number[]} levels the newest ones, from 0 to 1
 */

export const LENGTH_SECONDS_MAX = 15 * 60;
const LEVELS_SHOWN = 48;
const LEVEL_MILLISECONDS = 100;
/** Speech needs no more, and 15 minutes take 29 MB while they are decoded. */
const DECODED_HERTZ = 8_000;

/** @type {import("@preact/signals").Signal<Recording | null>} */
export const recording = signal(null);

/** @type {import("./microphone.js").Microphone | null} */
let microphone = null;
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;
let measuredAt = 0;
/** Whether the browser is asking for the microphone. */
let isAsking = false;

/** @param {string} id whether a voice message is being recorded there */
export const isRecordingIn = (id) => recording.value?.key === id;

/**
 * @param {string} key
 * @returns {Promise<string>} why it did not begin; empty if it did
 */
export async function startRecording(key) {
  if (recording.peek()) return say.voiceElsewhere;
  if (!canRecord()) return isSecureContext ? say.voiceMissing : say.voiceInsecure;
  if (isAsking) return "";
  isAsking = true;
  const owner = me.peek();
  try {
    microphone = await openMicrophone(lose);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return reasonOf(error.name);
  } finally {
    isAsking = false;
  }
  measuredAt = performance.now();
  timer = setInterval(measure, LEVEL_MILLISECONDS);
  recording.value = { owner, key, status: "recording", seconds: 0, levels: [] };
  return "";
}

/** @param {string} name of the browser's error */
function reasonOf(name) {
  if (name === "NotAllowedError" || name === "SecurityError") return say.voiceDenied;
  return name === "NotFoundError" ? say.voiceMissing : say.voiceFailed;
}

/** Timers of a page in the background are late, so the time is measured. */
function measure() {
  const now = performance.now();
  const passed = (now - measuredAt) / 1_000;
  measuredAt = now;
  const present = recording.peek();
  if (present?.status !== "recording" || !microphone) return;
  const seconds = present.seconds + passed;
  recording.value = { ...present, seconds, levels: [...present.levels, microphone.level()].slice(-LEVELS_SHOWN) };
  if (seconds >= LENGTH_SECONDS_MAX) pauseRecording();
}

export function pauseRecording() {
  if (recording.peek()?.status !== "recording") return;
  microphone?.recorder.pause();
  change("paused");
}

export function resumeRecording() {
  const present = recording.peek();
  if (present?.status !== "paused" || present.seconds >= LENGTH_SECONDS_MAX) return;
  microphone?.recorder.resume();
  change("recording");
}

/** The device was unplugged, or taken away by the system. */
function lose() {
  change("lost");
}

/** @param {Recording["status"]} status */
function change(status) {
  const present = recording.peek();
  if (present) recording.value = { ...present, status };
}

/** @returns {Promise<Blob | null>} what is recorded until now */
export async function recordedSoFar() {
  return (await microphone?.soFar()) ?? null;
}

export async function discardRecording() {
  const closed = end();
  recording.value = null;
  await closed;
}

/** Whoever is signed in next must not hear it or send it. */
effect(() => {
  const present = recording.value;
  if (present && present.owner !== me.value) discardRecording();
});

/** Sends what is recorded, as an answer if one is being written. */
export async function sendRecording() {
  const present = recording.peek();
  if (!present || present.status === "ending") return;
  const { owner, key, seconds } = present;
  change("ending");
  const blob = await end();
  recording.value = null;
  if (!blob || blob.size === 0) return;
  const shape = await shapeOf(blob);
  if (me.peek() !== owner) return;
  const file = newFile(blob, fileName(blob.type), { kind: "audio", isVoice: true, seconds, ...shape });
  const purpose = purposes.peek().get(key);
  newAfterOf(key).value = null;
  keepBlob(owner, file);
  // What is typed meanwhile stays a draft.
  const answered = purpose?.kind === "reply" ? quoteOf(purpose.message) : undefined;
  post([withFiles(newEntry(owner, key, "", nextMoment(), answered), [file])]);
  endPurpose(key);
  goToLatest(key);
}

async function end() {
  clearInterval(timer);
  const open = microphone;
  microphone = null;
  return open?.close();
}

/** @param {Blob} blob @returns {Promise<{ seconds?: number, waveform?: number[] }>} nothing if the browser cannot read its own recording */
async function shapeOf(blob) {
  try {
    const decoded = await new OfflineAudioContext(1, 1, DECODED_HERTZ).decodeAudioData(await blob.arrayBuffer());
    return { seconds: decoded.duration, waveform: waveformOf(decoded.getChannelData(0)) };
  } catch {
    return {};
  }
}

/** @param {string} type */
function fileName(type) {
  const ending = type.split("/")[1];
  const moment = new Date().toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
  return `${say.fileVoice} ${moment}.${ending === "mp4" ? "m4a" : ending}`;
}
