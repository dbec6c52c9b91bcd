/**
 * The scroll position of a long conversation. It is anchored to a row or to the end, not to a number of pixels. So
 * nothing jumps when older messages are added above, or when rows are higher than estimated.
 */

import { heightOf } from "../models/fileheights.js";
import { HeightIndex } from "../models/windowing.js";

const ROW_ESTIMATE_PIXELS = 56;
const MARGIN_PIXELS = 700;
const END_TOLERANCE_PIXELS = 32;
const NEW_LINE_KEY = "new";
const NEW_LINE_BELOW_TOP_PIXELS = 96;

export class Scroller {
  constructor() {
    this.index = new HeightIndex((row) => this.estimateOf(row));
    /** @type {HTMLElement | null} */
    this.element = null;
    this.isAtEnd = true;
    /** Whether the rows end with the newest message. The view stays at this end only. */
    this.hasEnd = true;
    this.anchor = { key: "", within: 0 };
    this.drawn = { start: 0, end: 0 };
    /** The position that is known here. The element's is another one until the event of a scroll has come. */
    this.heard = 0;
    /** Until the user scrolls, the view moves to the line for new messages as soon as it exists. */
    this.isUntouched = true;
  }

  /**
   * @param {import("../models/windowing.js").Sized[]} rows
   * @param {boolean} hasEnd
   */
  setRows(rows, hasEnd) {
    this.hear();
    this.hasEnd = hasEnd;
    this.isAtEnd &&= hasEnd;
    const { anchor } = this;
    const before = this.index.positions.get(anchor.key);
    this.index.setRows(rows);
    const isLost = before !== undefined && !this.index.positions.has(anchor.key);
    if (isLost && rows.length > 0) this.anchor = { key: rows[Math.min(before, rows.length - 1)].key, within: 0 };
    if (this.isUntouched && this.index.positions.has(NEW_LINE_KEY)) this.holdAt(NEW_LINE_KEY, -NEW_LINE_BELOW_TOP_PIXELS);
  }

  /** @param {string} key @param {number} within how far below the top edge of the row the view begins */
  holdAt(key, within) {
    this.hear();
    this.isAtEnd = false;
    this.isUntouched = false;
    this.anchor = { key, within };
  }

  holdEnd() {
    this.hear();
    this.isAtEnd = true;
    this.isUntouched = false;
  }

  /** @param {import("../models/rows.js").Row} row */
  estimateOf(row) {
    const files = row.type === "message" && !row.message?.deletedAt && (row.message?.files ?? row.entry?.files);
    return ROW_ESTIMATE_PIXELS + (files ? heightOf(files, this.width) : 0);
  }

  get width() {
    return this.element?.clientWidth || 800;
  }

  get height() {
    return this.element?.clientHeight || 800;
  }

  /** The user scrolls. From now on the view does not move by itself. */
  touch() {
    this.isUntouched = false;
  }

  /** Where the view should begin, by the known heights. */
  get top() {
    const end = Math.max(0, this.index.total - this.height);
    if (this.isAtEnd) return end;
    return Math.min(end, Math.max(0, this.wanted));
  }

  get wanted() {
    return (this.index.offsetOf(this.anchor.key) ?? 0) + this.anchor.within;
  }

  /** The rows to draw. */
  range() {
    const range = this.index.range(this.top, this.height, MARGIN_PIXELS);
    this.drawn = range;
    return range;
  }

  /**
   * Call after drawing: takes the real heights and moves the view back to its anchor.
   * @returns {boolean} whether to draw again
   */
  settle() {
    if (!this.element) return false;
    this.hear();
    const hasChanged = this.index.measure(measuredRows(this.element));
    if (hasChanged) return true;
    const top = this.isAtEnd ? this.element.scrollHeight - this.element.clientHeight : this.top;
    if (Math.abs(this.element.scrollTop - top) > 1) this.element.scrollTop = top;
    this.heard = this.element.scrollTop;
    // Rows above the anchor may be lower than estimated, with nothing left to scroll away.
    if (!this.isAtEnd && this.wanted < 0) this.anchor = this.anchorAt(0) ?? this.anchor;
    // The anchor may be so near the end that the end is visible too.
    this.isAtEnd ||= this.hasEnd && this.isEndInSight;
    return false;
  }

  /** Follows a scroll whose event comes with the next frame. Moving back to the anchor before that would undo it. */
  hear() {
    if (!this.element) return;
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    // The browser itself scrolls when the rows have become lower than the view.
    const isCut = scrollTop < this.heard && scrollTop + clientHeight >= scrollHeight - 1;
    if (Math.abs(scrollTop - this.heard) > 1 && !isCut) this.follow();
  }

  /**
   * Call when the user has scrolled.
   * @returns {boolean} whether to draw again
   */
  follow() {
    const { element } = this;
    if (!element) return false;
    const { scrollTop, clientHeight } = element;
    this.heard = scrollTop;
    this.isAtEnd = this.hasEnd && this.isEndInSight;
    this.anchor = this.anchorAt(scrollTop) ?? this.anchor;
    const range = this.index.range(scrollTop, clientHeight, MARGIN_PIXELS / 2);
    return range.start < this.drawn.start || range.end > this.drawn.end;
  }

  /**
   * The first visible message. Not the row of a day, which stays at the top when messages are added above.
   * @param {number} top
   */
  anchorAt(top) {
    const { rows, offsets } = this.index;
    for (let row = this.index.rowAt(top); row < rows.length; row += 1) {
      if (rows[row].type === "message") return { key: rows[row].key, within: top - offsets[row] };
    }
    return null;
  }

  /** The last row of which more than the edge is visible. */
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

  get isNearEnd() {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = this.element ?? {};
    return scrollTop + clientHeight > scrollHeight - MARGIN_PIXELS;
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
