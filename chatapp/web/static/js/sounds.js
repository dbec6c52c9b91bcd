/** The sounds of new messages. They are synthesized, which is smaller than files. */

/**
 * A note: its frequency, when it begins, how long it fades, and its wave.
 * @typedef {{ hertz: number, atSeconds: number, seconds: number, wave: OscillatorType }} Note
 * @typedef {"notes" | "bell" | "knock"} Sound
 */

/** @type {Record<Sound, Note[]>} */
const NOTES = {
  notes: [
    { hertz: 587.33, atSeconds: 0, seconds: 0.35, wave: "sine" },
    { hertz: 880, atSeconds: 0.09, seconds: 0.35, wave: "sine" },
  ],
  bell: [
    { hertz: 1046.5, atSeconds: 0, seconds: 0.9, wave: "sine" },
    { hertz: 2793.8, atSeconds: 0, seconds: 0.3, wave: "sine" },
  ],
  knock: [
    { hertz: 174.61, atSeconds: 0, seconds: 0.12, wave: "triangle" },
    { hertz: 146.83, atSeconds: 0.14, seconds: 0.12, wave: "triangle" },
  ],
};

export const SOUNDS = /** @type {Sound[]} */ (Object.keys(NOTES));

const GAIN = 0.05;
const RISE_SECONDS = 0.015;
const PAUSE_MILLISECONDS = 900;

/** @type {AudioContext | null} */
let audio = null;
let lastAt = 0;

/** For a new message: not with every one of many, nor before the browser allows sounds. @param {Sound} sound */
export function playSound(sound) {
  if (Date.now() - lastAt < PAUSE_MILLISECONDS) return;
  if (!navigator.userActivation?.hasBeenActive) return;
  lastAt = Date.now();
  trySound(sound);
}

/** @param {Sound} sound */
export function trySound(sound) {
  audio ??= new AudioContext();
  for (const note of NOTES[sound] ?? NOTES.notes) playNote(audio, note);
}

/**
 * @param {AudioContext} context
 * @param {Note} note
 */
function playNote(context, { hertz, atSeconds, seconds, wave }) {
  const start = context.currentTime + atSeconds;
  const volume = new GainNode(context, { gain: 0 });
  const tone = new OscillatorNode(context, { type: wave, frequency: hertz });
  volume.gain.linearRampToValueAtTime(GAIN, start + RISE_SECONDS);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + seconds + 0.05);
}
