/** The shape of a recording, as it is drawn. */

const WAVEFORM_VALUES = 64;
/** The loudness of the loudest part of a recording. */
export const LOUDEST = 100;

/**
 * @param {Float32Array} samples from -1 to 1
 * @param {number} [count] how many values at most
 * @returns {number[]} the loudness of each part from 0 to 100, where 100 is the loudest part of this recording
 */
export function waveformOf(samples, count = WAVEFORM_VALUES) {
  const parts = Math.min(count, samples.length);
  const startOf = (/** @type {number} */ part) => Math.floor((part * samples.length) / parts);
  const levels = Array.from({ length: parts }, (_, part) => levelOf(samples, startOf(part), startOf(part + 1)));
  const highest = Math.max(0, ...levels);
  return levels.map((level) => (highest === 0 ? 0 : Math.round((level / highest) * LOUDEST)));
}

/**
 * @param {Float32Array} samples
 * @param {number} [from]
 * @param {number} [to] exclusive
 * @returns {number} the root of the mean square, from 0 to 1
 */
export function levelOf(samples, from = 0, to = samples.length) {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += samples[at] ** 2;
  return to > from ? Math.sqrt(sum / (to - from)) : 0;
}
