/**
 * Where a long conversation is scrolled to. The place is held by a row (or by the end), not by a number of pixels, so
 * that nothing jumps when older messages come in above, or when rows turn out higher than guessed.
 */

import { HeightIndex } from "../models/windowing.js";

const ROW_ESTIMATE_PIXELS = 56;
const MARGIN_PIXELS = 700;
const END_TOLERANCE_PIXELS = 32;
const NEW_LINE_KEY = "new";
const NEW_LINE_BELOW_TOP_PIXELS = 96;

export class Scroller {
  constructor() {
    this.index = new HeightIndex(ROW_ESTIMATE_PIXELS);
    /** @type {HTMLElement | null} */
    this.element = null;
    this.isAtEnd = true;
    this.anchor = { key: "", within: 0 };
    this.drawn = { start: 0, end: 0 };
    /** Until somebody scrolls, the line for new messages draws the view to itself as soon as there is one. */
    this.isUntouched = true;
  }

  /** @param {import("../models/windowing.js").Sized[]} rows */
  setRows(rows) {
    const { anchor } = this;
    const before = this.index.positions.get(anchor.key);
    this.index.setRows(rows);
    const isLost = before !== undefined && !this.index.positions.has(anchor.key);
    if (isLost && rows.length > 0) this.anchor = { key: rows[Math.min(before, rows.length - 1)].key, within: 0 };
    if (this.isUntouched && this.index.positions.has(NEW_LINE_KEY)) this.holdAt(NEW_LINE_KEY, -NEW_LINE_BELOW_TOP_PIXELS);
  }

  /** @param {string} key @param {number} within how far below the top edge of the row the view begins */
  holdAt(key, within) {
    this.isAtEnd = false;
    this.isUntouched = false;
    this.anchor = { key, within };
  }

  holdEnd() {
    this.isAtEnd = true;
    this.isUntouched = false;
  }

  get height() {
    return this.element?.clientHeight || 800;
  }

  /** Somebody scrolls: from now on the view is theirs. */
  touch() {
    this.isUntouched = false;
  }

  /** Where the view should begin, by what is known of the heights. */
  get top() {
    const end = Math.max(0, this.index.total - this.height);
    if (this.isAtEnd) return end;
    return Math.min(end, Math.max(0, this.wanted));
  }

  get wanted() {
    return (this.index.offsetOf(this.anchor.key) ?? 0) + this.anchor.within;
  }

  /** What to draw. */
  range() {
    const range = this.index.range(this.top, this.height, MARGIN_PIXELS);
    this.drawn = range;
    return range;
  }

  /**
   * Call after drawing: takes the real heights and puts the view back where it is held.
   * @returns {boolean} whether to draw again
   */
  settle() {
    if (!this.element) return false;
    const hasChanged = this.index.measure(measuredRows(this.element));
    if (hasChanged) return true;
    const top = this.isAtEnd ? this.element.scrollHeight - this.element.clientHeight : this.top;
    if (Math.abs(this.element.scrollTop - top) > 1) this.element.scrollTop = top;
    // Rows above the anchor may have turned out lower than guessed, where there is nothing left to scroll away.
    if (!this.isAtEnd && this.wanted < 0) this.anchor = this.anchorAt(0) ?? this.anchor;
    // What is held may be so near the end that the end is in sight with it.
    this.isAtEnd ||= this.isEndInSight;
    return false;
  }

  /**
   * Call when somebody has scrolled.
   * @returns {boolean} whether to draw again
   */
  follow() {
    const { element } = this;
    if (!element) return false;
    const { scrollTop, clientHeight } = element;
    this.isAtEnd = this.isEndInSight;
    this.anchor = this.anchorAt(scrollTop) ?? this.anchor;
    const range = this.index.range(scrollTop, clientHeight, MARGIN_PIXELS / 2);
    return range.start < this.drawn.start || range.end > this.drawn.end;
  }

  /**
   * The first message in sight. Not the name of a day: that stays above whatever comes in above it.
   * @param {number} top
   */
  anchorAt(top) {
    const { rows, offsets } = this.index;
    for (let row = this.index.rowAt(top); row < rows.length; row += 1) {
      if (rows[row].type === "message") return { key: rows[row].key, within: top - offsets[row] };
    }
    return null;
  }

  /** The last row that is in sight by more than its edge. */
  get lastInSight() {
    return this.index.rowAt(Math.max(0, (this.element?.scrollTop ?? 0) + this.height - 12));
  }

  get isEndInSight() {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = this.element ?? {};
    return scrollTop + clientHeight >= scrollHeight - END_TOLERANCE_PIXELS;
  }

  get isNearStart() {
    return (this.element?.scrollTop ?? 0) < MARGIN_PIXELS;
  }
}

/**
 * @param {HTMLElement} element
 * @returns {[string, number][]}
 */
function measuredRows(element) {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-row]"));
  return [...rows].map((row) => [row.dataset.row ?? "", row.getBoundingClientRect().height]);
}
