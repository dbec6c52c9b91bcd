/** Finds the visible rows of a long list whose row heights are only known after drawing. */

/** @typedef {{ key: string, type: string }} Sized */

export class HeightIndex {
  /** @param {(row: any) => number} estimateOf the height of a row that has not been measured, in CSS pixels */
  constructor(estimateOf) {
    this.estimateOf = estimateOf;
    /** @type {Map<string, number>} */
    this.heights = new Map();
    /** @type {Sized[]} */
    this.rows = [];
    /** @type {Map<string, number>} */
    this.positions = new Map();
    this.offsets = new Float64Array(1);
  }

  /** @param {Sized[]} rows */
  setRows(rows) {
    if (rows === this.rows) return;
    this.rows = rows;
    this.positions = new Map(rows.map((row, index) => [row.key, index]));
    this.rebuild();
  }

  /**
   * @param {Iterable<[string, number]>} measured
   * @returns {boolean} whether anything moved
   */
  measure(measured) {
    let hasChanged = false;
    for (const [key, height] of measured) {
      if (this.heights.get(key) === height) continue;
      this.heights.set(key, height);
      hasChanged = true;
    }
    if (hasChanged) this.rebuild();
    return hasChanged;
  }

  /** Forgets every height, as when the width has changed. */
  reset() {
    this.heights.clear();
    this.rebuild();
  }

  rebuild() {
    const offsets = new Float64Array(this.rows.length + 1);
    for (let index = 0; index < this.rows.length; index += 1) {
      offsets[index + 1] = offsets[index] + (this.heights.get(this.rows[index].key) ?? this.estimateOf(this.rows[index]));
    }
    this.offsets = offsets;
  }

  get total() {
    return this.offsets[this.rows.length];
  }

  /** @param {string} key */
  offsetOf(key) {
    const index = this.positions.get(key);
    return index === undefined ? null : this.offsets[index];
  }

  /**
   * @param {number} top
   * @returns {number} the row that covers this offset
   */
  rowAt(top) {
    let low = 0;
    let high = Math.max(0, this.rows.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offsets[middle] <= top) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * @param {number} top
   * @param {number} height
   * @param {number} margin how much is drawn beyond the visible part, in CSS pixels
   * @returns {{ start: number, end: number, before: number, after: number }} `end` is exclusive
   */
  range(top, height, margin) {
    const start = this.rowAt(Math.max(0, top - margin));
    const end = Math.min(this.rows.length, this.rowAt(top + height + margin) + 1);
    return { start, end, before: this.offsets[start], after: this.total - this.offsets[end] };
  }
}
