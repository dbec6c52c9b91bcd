/** A picture that is enlarged and moved. Everything is in CSS pixels, from the middle of the window that it is seen in. */

/**
 * @typedef {object} View
 * @property {number} scale 1: all of the picture is seen
 * @property {number} x how far its middle is right of the window's
 * @property {number} y how far below
 *
 * @typedef {{ x: number, y: number }} Point
 * @typedef {import("./files.js").Box} Box
 */

/** @type {View} */
export const WHOLE = Object.freeze({ scale: 1, x: 0, y: 0 });
export const LARGEST_SCALE = 8;

/**
 * Enlarges around a point, which stays where it is.
 * @param {View} view
 * @param {number} factor
 * @param {Point} at
 * @returns {View}
 */
export function zoomed(view, factor, at) {
  const scale = Math.min(LARGEST_SCALE, Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/**
 * @param {View} view
 * @param {Point} by
 * @returns {View}
 */
export const moved = (view, by) => ({ ...view, x: view.x + by.x, y: view.y + by.y });

/**
 * Keeps the picture in the window: what is larger covers it, what is smaller is in its middle.
 * @param {View} view
 * @param {Box} picture its size at scale 1
 * @param {Box} frame
 * @returns {View}
 */
export function held(view, picture, frame) {
  const { scale } = view;
  const within = (/** @type {number} */ value, /** @type {number} */ over) => Math.min(Math.max(0, over), Math.max(-Math.max(0, over), value)) + 0;
  return { scale, x: within(view.x, (picture.width * scale - frame.width) / 2), y: within(view.y, (picture.height * scale - frame.height) / 2) };
}

/**
 * Two fingers that move from one pair of points to another.
 * @param {View} view
 * @param {[Point, Point]} before
 * @param {[Point, Point]} now
 * @returns {View}
 */
export function pinched(view, before, now) {
  const from = middleOf(before);
  const to = middleOf(now);
  const factor = distanceOf(now) / Math.max(1, distanceOf(before));
  return zoomed(moved(view, { x: to.x - from.x, y: to.y - from.y }), factor, to);
}

/** @param {[Point, Point]} points @returns {Point} */
const middleOf = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** @param {[Point, Point]} points */
const distanceOf = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);

/**
 * The size at which all of a picture is seen. A small one is not enlarged.
 * @param {Box} size of the picture
 * @param {Box} frame
 * @returns {Box}
 */
export function fitted(size, frame) {
  const scale = Math.min(1, frame.width / size.width, frame.height / size.height);
  return { width: size.width * scale, height: size.height * scale };
}
