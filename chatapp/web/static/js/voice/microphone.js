/** The microphone: asks for it, records, and measures how loud it is. */

import { levelOf } from "./waveform.js";

/** The first that the browser can record. Earlier versions of Safari record no WebM. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_PER_SECOND = 32_000;
/** About 85 ms, which is nearly all that is new each time. */
const LEVEL_SAMPLES = 4_096;
/** How loud speech is near a microphone, which fills the display. */
const LOUD = 0.2;

/** @typedef {Awaited<ReturnType<typeof openMicrophone>>} Microphone */

/** Whether the browser records at all: most do so only on pages that came by TLS. */
export const canRecord = () => typeof MediaRecorder === "function" && Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Begins to record.
 * @param {() => void} onLost called when the device is gone, which ends the recording
 * @throws {DOMException} if the microphone is refused, missing or in use, or nothing can be recorded from it
 */
export async function openMicrophone(onLost) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  try {
    return recordingOf(stream, onLost);
  } catch (error) {
    giveBack(stream);
    throw error;
  }
}

/** @param {MediaStream} stream */
function giveBack(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/**
 * @param {MediaStream} stream
 * @param {() => void} onLost
 */
function recordingOf(stream, onLost) {
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => data.size > 0 && parts.push(data));
  recorder.addEventListener("stop", onLost);
  recorder.start();
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: LEVEL_SAMPLES });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(LEVEL_SAMPLES);
  return {
    recorder,
    /** @returns {number} from 0 to 1 */
    level() {
      analyser.getFloatTimeDomainData(samples);
      return Math.min(1, levelOf(samples) / LOUD);
    },
    /** @returns {Promise<Blob>} what was recorded until now */
    async soFar() {
      if (recorder.state !== "inactive") await after(recorder, "dataavailable", () => recorder.requestData());
      return joined(parts, recorder);
    },
    /** Ends the recording and gives the microphone back. @returns {Promise<Blob>} */
    async close() {
      recorder.removeEventListener("stop", onLost);
      if (recorder.state !== "inactive") await after(recorder, "stop", () => recorder.stop());
      giveBack(stream);
      await context.close();
      return joined(parts, recorder);
    },
  };
}

/**
 * @param {Blob[]} parts
 * @param {MediaRecorder} recorder
 */
const joined = (parts, { mimeType }) => new Blob(parts, { type: mimeType.split(";")[0] });

/**
 * @param {MediaRecorder} recorder
 * @param {string} event
 * @param {() => void} work
 */
function after(recorder, event, work) {
  return new Promise((resolve) => {
    recorder.addEventListener(event, resolve, { once: true });
    work();
  });
}
