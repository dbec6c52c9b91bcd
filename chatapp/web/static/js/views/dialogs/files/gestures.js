/** What fingers, the mouse and the wheel do with a picture. */

import { signal } from "@preact/signals";
import { moved, pinched, WHOLE } from "../../../models/zoom.js";

/**
 * @typedef {import("../../../models/zoom.js").Point} Point
 * @typedef {import("./stage.js").StageState} StageState
 */

const SWIPE_PIXELS = 60;
const TAP_PIXELS = 10;
const DOUBLE_TAP_MILLISECONDS = 320;
const DOUBLE_TAP_PIXELS = 40;
const DOUBLE_TAP_FACTOR = 2.5;
const WHEEL_STEP = 0.002;

/** Of one picture. */
export class Gestures {
  /**
   * @param {StageState} stage
   * @param {(by: number) => void} onStep to the picture at the right (1) or at the left (-1)
   */
  constructor(stage, onStep) {
    this.stage = stage;
    this.onStep = onStep;
    /** @type {HTMLElement | null} */
    this.element = null;
    /** How far a swipe has moved the picture. */
    this.offset = signal(0);
    this.isHeld = signal(false);
    /** @type {Map<number, Point>} */
    this.fingers = new Map();
    this.begun = { x: 0, y: 0, isTap: false };
    this.lastTap = { x: 0, y: 0, at: 0 };
  }

  /** @param {MouseEvent} event @returns {Point} from the middle of the window of the picture */
  pointOf({ clientX, clientY }) {
    const box = /** @type {HTMLElement} */ (this.element).getBoundingClientRect();
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  }

  get isWhole() {
    return this.stage.view.peek().scale === 1;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    this.element?.setPointerCapture(event.pointerId);
    const point = this.pointOf(event);
    this.begun = { ...point, isTap: this.fingers.size === 0 };
    this.fingers.set(event.pointerId, point);
    this.isHeld.value = true;
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const { stage, begun } = this;
    const point = this.pointOf(event);
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, point);
    if (distance(point, begun) > TAP_PIXELS) begun.isTap = false;
    if (other) stage.show(pinched(stage.view.peek(), [before, other], [point, other]));
    else if (!this.isWhole) stage.show(moved(stage.view.peek(), { x: point.x - before.x, y: point.y - before.y }));
    else if (event.pointerType !== "mouse" && !begun.isTap) this.offset.value = point.x - begun.x;
  }

  /** @param {PointerEvent} event */
  release(event) {
    const point = this.fingers.get(event.pointerId);
    if (!point) return;
    const swiped = this.offset.peek();
    this.cancel(event);
    if (this.fingers.size > 0) return;
    if (this.begun.isTap) this.tap(point, event.timeStamp);
    else if (Math.abs(swiped) > SWIPE_PIXELS && this.isWhole) this.onStep(swiped < 0 ? 1 : -1);
  }

  /** @param {PointerEvent} event */
  cancel(event) {
    this.fingers.delete(event.pointerId);
    // The finger that is left does not swipe.
    for (const point of this.fingers.values()) this.begun = { ...point, isTap: false };
    this.offset.value = 0;
    this.isHeld.value = this.fingers.size > 0;
  }

  /** @param {Point} point @param {number} at milliseconds */
  tap(point, at) {
    const isDouble = at - this.lastTap.at < DOUBLE_TAP_MILLISECONDS && distance(point, this.lastTap) < DOUBLE_TAP_PIXELS;
    this.lastTap = { ...point, at: isDouble ? 0 : at };
    if (!isDouble) return;
    if (this.isWhole) this.stage.zoom(DOUBLE_TAP_FACTOR, point);
    else this.stage.show(WHOLE);
  }

  /** @param {WheelEvent} event */
  turn(event) {
    event.preventDefault();
    this.stage.zoom(Math.exp(-event.deltaY * WHEEL_STEP), this.pointOf(event));
  }
}

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
